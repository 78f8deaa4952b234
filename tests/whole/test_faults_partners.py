"""Partners that hang, fail, freeze, empty or rename: what is shown stays, the state is right, the others are on time."""

from __future__ import annotations

import itertools
import json
import logging
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.feed_server import Answer, FeedServer
from tests.whole.small_house import EVERY_S, SmallHouse, document

NAMES = [f"n{number}" for number in range(20)]


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


@pytest.fixture
def house(server: FeedServer, tmp_path: Path) -> Iterator[SmallHouse]:
    made = SmallHouse(f"sqlite:///{tmp_path}/town.db", server)
    yield made
    made.stop()


def until(check: Callable[[], bool], wait_s: float = 15) -> None:
    end = time.monotonic() + wait_s
    while not check():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


@pytest.mark.alone
def test_f3_three_that_hang_and_two_that_drip_delay_none_of_the_five_others(
    server: FeedServer, house: SmallHouse
) -> None:
    bad, good = [f"bad{number}" for number in range(5)], [f"good{number}" for number in range(5)]
    for path in bad[:3]:
        server.serve("/" + path, hangs=True)
    for path in bad[3:]:
        server.serve("/" + path, document(NAMES), drip=(1, 1.0))
    for path in bad + good:
        house.add(path, poll_every=timedelta(seconds=1), deadline=timedelta(seconds=30))
    for path in good:
        server.serve("/" + path, document(["one"]))
    before = threading.active_count()
    house.start()
    until(lambda: all(server.count("/" + path) for path in bad))
    time.sleep(6)
    for path in good:
        begun = [run.started_at for run in house.runs(path)]
        gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(begun)]
        assert len(gaps) >= 4
        assert max(gaps) <= 1.2, path
    assert {server.count("/" + path) for path in bad} == {1}
    # one thread for each source, what the publisher itself needs for each open request, and the clock's few
    assert threading.active_count() - before <= 10 + 10 + 4


FAULTS = {
    "500": Answer(status=500),
    "429 with its delay": Answer(status=429, headers=[("Retry-After", "0")]),
    "reset": Answer(resets=True),
    "nothing under 200": Answer(body=b""),
    "page under 200": Answer(body=b"<!DOCTYPE html><html><body>Maintenance</body></html>", media_type="text/html"),
    "gzip cut short": Answer(
        raw=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00"
    ),
    "silence": Answer(hangs=True),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_f4_fault_of_a_partner_keeps_what_is_shown_and_is_one_line_each_way(
    server: FeedServer, house: SmallHouse, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    caplog.set_level(logging.INFO, logger="datasources")
    server.serve("/feed", document(NAMES))
    house.add("feed", deadline=timedelta(seconds=0.6))
    house.start()
    until(lambda: house.names() == set(NAMES))
    assert house.state() == "ok"
    answers = FAULTS[fault]
    server.serve("/feed", answers.body, **{key: getattr(answers, key) for key in vars(answers) if key != "body"})
    asked, failed_at = server.count("/feed"), time.monotonic()
    until(lambda: house.state() == "failing")
    waited = 2 * 0.6 if fault == "silence" else 0.0
    assert time.monotonic() - failed_at < 3 * EVERY_S + waited + 4.0
    assert server.count("/feed") - asked <= 4
    assert house.names() == set(NAMES)
    server.serve("/feed", document(NAMES))
    until(lambda: house.state() == "ok")
    assert house.names() == set(NAMES)
    said = [record.getMessage() for record in caplog.records if record.name.startswith("datasources")]
    assert [" lost: " in line for line in said] == [True, False], said
    assert said[1].startswith("city-feed: back after ")


def test_f4_name_that_is_gone_keeps_what_is_shown(server: FeedServer, tmp_path: Path) -> None:
    known = [True]

    def resolver(host: str, port: int) -> list[str]:
        del host, port
        if not known[0]:
            raise OSError("no such name")
        return ["127.0.0.1"]

    house = SmallHouse(f"sqlite:///{tmp_path}/town.db", server, resolver=resolver)
    server.serve("/feed", document(NAMES))
    house.add("feed", url=f"http://partner.example:{server.port}/feed")
    house.start()
    until(lambda: house.names() == set(NAMES))
    known[0] = False
    until(lambda: house.state() == "failing")
    assert house.names() == set(NAMES)
    known[0] = True
    until(lambda: house.state() == "ok")
    house.stop()


def test_f4_certificate_that_expired_keeps_what_is_shown(tmp_path: Path) -> None:
    valid, expired = (
        certificate(tmp_path, name, end) for name, end in (("valid", "20491231"), ("expired", "20250201"))
    )
    trusted = tmp_path / "trusted.pem"
    trusted.write_text(valid.with_suffix(".crt").read_text() + expired.with_suffix(".crt").read_text())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(valid)
    with FeedServer(context) as server:
        server.serve("/feed", document(NAMES))
        house = SmallHouse(f"sqlite:///{tmp_path}/town.db", server, tls=ssl.create_default_context(cafile=str(trusted)))
        house.add("feed")
        house.start()
        until(lambda: house.names() == set(NAMES))
        context.load_cert_chain(expired)
        until(lambda: house.state() == "failing")
        assert "certificate" in (house.runs()[-1].reason or "")
        assert house.names() == set(NAMES)
        context.load_cert_chain(valid)
        until(lambda: house.state() == "ok")
        house.stop()


_AUTHORITY = """[ca]
default_ca = town
[town]
database = {folder}/index.txt
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
"""


def certificate(folder: Path, name: str, end: str) -> Path:
    """Return a file with key and certificate for 127.0.0.1, good until `end` (YYYYMMDD)."""
    path, asked, given = (folder / f"{name}.{suffix}" for suffix in ("pem", "csr", "crt"))
    settings = folder / "authority.cnf"
    settings.write_text(_AUTHORITY.format(folder=folder))
    (folder / "index.txt").touch()
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(path)]
    subject = ["-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(["openssl", "req", *key, *subject, "-out", str(asked)], check=True, capture_output=True)
    dates = ["-startdate", "20250101000000Z", "-enddate", f"{end}000000Z"]
    files = ["-config", str(settings), "-keyfile", str(path), "-in", str(asked), "-out", str(given)]
    subprocess.run(["openssl", "ca", "-selfsign", "-batch", "-notext", *dates, *files], check=True, capture_output=True)
    path.write_text(path.read_text() + given.read_text())
    return path


def test_f5_frozen_feed_is_late_within_three_periods_and_keeps_what_it_told(
    server: FeedServer, house: SmallHouse
) -> None:
    """Answers come, with the same body and the same date in it: only that date tells."""
    house.add("feed", late_after=timedelta(seconds=2 * EVERY_S))
    moving = threading.Event()
    moving.set()

    def publish() -> None:
        while moving.is_set():
            server.serve("/feed", document(NAMES))
            time.sleep(EVERY_S / 3)

    publisher = threading.Thread(target=publish, daemon=True)
    server.serve("/feed", document(NAMES))
    publisher.start()
    house.start()
    until(lambda: len(house.runs()) >= 6)
    assert house.state() == "ok"
    moving.clear()
    publisher.join()
    frozen_at = time.monotonic()
    until(lambda: house.state() in ("late", "stale", "frozen"))
    # `late` adds 5 s of margin, against flicker at real cadences
    assert time.monotonic() - frozen_at < 3 * EVERY_S + 5.5
    assert house.runs()[-1].verdict == "unchanged"
    assert house.names() == set(NAMES)
    server.serve("/feed", document(NAMES))
    until(lambda: house.state() == "ok")


def test_f6_empty_document_deletes_nothing_until_the_next_confirms_it(server: FeedServer, house: SmallHouse) -> None:
    house.add("feed")
    server.serve("/feed", document(NAMES))
    house.start()
    until(lambda: len(house.runs()) >= 2)
    server.serve("/feed", document([]))
    until(lambda: house.runs()[-1].verdict in ("empty", "empty_confirmed"))
    empties = [run for run in house.runs() if run.verdict.startswith("empty")]
    assert empties[0].verdict == "empty"
    assert empties[0].withdrawn == 0
    until(lambda: house.names() == set())


def test_f6_nine_tenths_fewer_records_delete_nothing_until_three_polls_agree(
    server: FeedServer, house: SmallHouse
) -> None:
    house.add("feed")
    server.serve("/feed", document(NAMES))
    house.start()
    until(lambda: len(house.runs()) >= 4)
    server.serve("/feed", document(NAMES[:2]))
    until(lambda: house.names() == set(NAMES[:2]), 20)
    runs = [run for run in house.runs() if run.records_seen == 2]
    assert [run.verdict for run in runs[:3]] == ["degraded", "degraded", "ok"]
    assert runs[0].reason == "2 records where 20 are usual"
    assert [run.withdrawn for run in runs[:2]] == [0, 0]


def test_f6_identifiers_all_renamed_delete_nothing_until_the_second_reading(
    server: FeedServer, house: SmallHouse
) -> None:
    house.add("feed")
    renamed = [f"m{number}" for number in range(20)]
    server.serve("/feed", document(NAMES))
    house.start()
    until(lambda: len(house.runs()) >= 2)
    server.serve("/feed", document(renamed))
    until(lambda: house.names() == set(renamed))
    first = [run for run in house.runs() if run.new == 20][1]
    after = next(run for run in house.runs() if run.started_at > first.started_at)
    assert (first.verdict, first.absent, first.withdrawn) == ("ok", 20, 0)
    assert after.withdrawn == 20


def test_f13_documents_that_want_all_memory_are_refused_and_the_others_polled(
    server: FeedServer, house: SmallHouse
) -> None:
    """What reading each costs is measured in tests/hostile; here they arrive together, beside a good source."""
    line = [[5.3 + n / 1e6, 43.3] for n in range(10_000)]
    one = json.dumps(
        {"type": "Feature", "id": "x", "properties": {}, "geometry": {"type": "LineString", "coordinates": line}}
    )
    geometry = f'{{"type":"FeatureCollection","features":[{",".join([one] * 100)}]}}'.encode()
    bodies = {"tags": b"<r>" + b"<a/>" * 3_000_000 + b"</r>", "bomb": b"[" * 40_000_000, "corners": geometry}
    for path, body in bodies.items():
        server.serve("/" + path, body, is_gzip=True)
        house.add(path, deadline=timedelta(seconds=20))
    server.serve("/feed", document(NAMES))
    house.add("feed")
    before = resident_mb()
    house.start()
    until(lambda: all(house.runs(path) for path in bodies), 60)
    assert {house.runs(path)[0].verdict for path in bodies} <= {"failed", "degraded"}
    assert all(house.runs(path)[0].reason for path in bodies)
    assert house.names() == set(NAMES)
    assert len(house.runs()) >= 3
    assert resident_mb() - before < 400


def resident_mb() -> float:
    said = Path("/proc/self/status").read_text()
    return int(said.partition("VmRSS:")[2].split()[0]) / 1024
