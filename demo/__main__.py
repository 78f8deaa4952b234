"""`python -m demo`: serves the simulated partners until its standard input closes.

The first line on standard output is `port=NNNN`.
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from demo.answers import Desks
from demo.canaries import Canaries, read_canaries
from demo.clock import started_now
from demo.day import read_day
from demo.faults import Faults
from demo.partners import partners
from demo.server import DemoServer
from demo.streets import read_streets
from events.errors import ConfigurationError


def main(arguments: Sequence[str] | None = None, until: BinaryIO | None = None) -> int:
    """Serve until `until` (standard input) ends; return the exit status, 2 for a configuration that cannot be used."""
    options = _parser().parse_args(arguments)
    try:
        server = DemoServer(options.port, _desks(options))
    except (ConfigurationError, OSError) as error:
        sys.stderr.write(f"demo: {error}\n")
        return 2
    with server:
        sys.stdout.write(f"port={server.server_address[1]}\n")
        sys.stdout.flush()
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="partners")
        serving.start()
        try:
            _wait(until or sys.stdin.buffer)
        except KeyboardInterrupt:
            sys.stderr.write("demo: stopped\n")
        finally:
            server.shutdown()
            serving.join()
    return 0


def _desks(options: argparse.Namespace) -> Desks:
    streets = read_streets(options.city)
    day = read_day(options.city, streets)
    clock = started_now(day.loop_start, streets.zone, options.speed)
    everyone = {partner.source: partner for partner in partners(day, streets, options.events)}
    for fault in day.faults:
        if fault.source not in everyone:
            raise ConfigurationError(f"the played day plans a fault of {fault.source!r}, which no partner publishes")
    faults = Faults(() if options.calm else day.faults, clock)
    canaries = read_canaries(options.canaries) if options.canaries else Canaries()
    return Desks(everyone, clock, faults, canaries, lambda: datetime.now(UTC))


def _wait(stream: BinaryIO) -> None:
    while stream.read(1024):
        continue


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m demo", description="Partners that do not exist, over loopback HTTP."
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--city", type=Path, required=True, help="folder of the city, such as cities/marseille")
    parser.add_argument("--events", type=_count, default=0, help="synthetic events in the source demo-load")
    parser.add_argument("--canaries", type=Path, help="JSON file of invented personal data to plant in every text")
    parser.add_argument("--speed", type=_speed, default=1.0, help="played minutes per real minute")
    parser.add_argument("--calm", action="store_true", help="leave out the faults the day plans")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 200_000:
        raise argparse.ArgumentTypeError("must be between 0 and 200000")
    return number


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 < speed <= 1000:
        raise argparse.ArgumentTypeError("must be above 0 and at most 1000")
    return speed


if __name__ == "__main__":
    sys.exit(main())
