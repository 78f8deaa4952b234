"""How often one key may push: from whatever address, signed or not, and never used up by who does not hold it."""

from __future__ import annotations

from api.limits import Limits, Rate
from tests.api.test_push import OURS, City, Clock, city, clock, document, signed  # noqa: F401 - fixtures


def test_pushes_are_limited_by_key_whatever_its_address_and_other_keys_go_on(city: City, clock: Clock) -> None:  # noqa: F811
    city.app.limits = Limits({"pushes": Rate(100, 60), "keys": Rate(5, 60)})
    key, other = city.key(source_id=OURS), city.key()
    assert [city.push(document("1"), key=key).status_code for _ in range(5)] == [200] * 5
    refused = city.push(document("1", "2"), key=key)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 120
    message = refused.json()["error"]["message"]
    assert "with this key (at most 5 in 60 s); nothing was kept: send the document again in" in message
    assert city.kept() == 1
    body = document("1", "2")
    assert city.post(body, **signed(key, body, clock())).status_code == 429, "signed or not, it is one key"
    assert city.push(body, key=other).json()["counts"]["new"] == 1
    assert city.app.limits.refused == {"pushes": 0, "keys": 2}


def test_forged_pushes_use_up_nothing_of_the_key_they_name(city: City, clock: Clock) -> None:  # noqa: F811
    city.app.limits = Limits({"keys": Rate(2, 60)})
    key, body = city.key(), document("1")
    forged = {**signed(key, body, clock()), "observatory_signature": "0" * 64}
    assert {city.post(body, **forged).status_code for _ in range(5)} == {401}
    assert {city.push(body, key=f"{key}x").status_code for _ in range(5)} == {401}
    assert city.push(body, key=key).status_code == 200
