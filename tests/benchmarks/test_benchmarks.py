"""The figures can be measured: each with small sizes, and what is written of them."""

from __future__ import annotations

import pytest

from benchmarks import __main__ as program
from benchmarks.rows import Row, alternate, percentile
from benchmarks.table import put, table

ON_ONE_MACHINE = ("datex2", "store_load", "history", "analysis", "streams", "contributions")


@pytest.mark.parametrize(
    "name", [*ON_ONE_MACHINE, pytest.param("browser", marks=[pytest.mark.browser, pytest.mark.alone])]
)
def test_each_figure_can_be_measured(name, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(program, "DOCUMENT", tmp_path / "none.md")
    assert program.main([name, "--quick"]) == 0
    printed = capsys.readouterr().out
    assert f"\n{name}\n" in printed
    assert "| what | ours |" in printed
    assert not (tmp_path / "none.md").exists()


def test_a_name_that_is_no_figure_is_refused(capsys):
    with pytest.raises(SystemExit):
        program.main(["nothing"])
    assert "'nothing' is no figure" in capsys.readouterr().err


def test_a_row_holds_its_limits_or_not():
    said = {"what": "x", "unit": "ms", "beside": "floor", "floor": 2.0}
    assert Row(ours=4.0, most_ratio=2.0, **said).holds
    assert Row(ours=4.1, most_ratio=2.0, **said).holds is False
    assert Row(ours=4.0, most_ratio=2.0, most=3.0, **said).holds is False
    assert Row(ours=4.0, **said).holds is None
    with pytest.raises(ValueError, match="says why"):
        Row(what="x", ours=None, unit="ms")


def test_percentiles_and_turns():
    assert [percentile(range(1, 101), share) for share in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]
    order: list[str] = []
    ways = [lambda: (order.append("a"), 1.0)[1], lambda: (order.append("b"), 3.0)[1]]
    assert alternate(ways, 2) == [1.0, 3.0]
    assert order == ["a", "b", "a", "b"]


def test_a_table_stands_between_its_marks_and_replaces_the_one_before(tmp_path):
    document = tmp_path / "measurements.md"
    document.write_text("# Measurements\n\nProse.\n")
    put(document, "one", table([Row(what="x", ours=None, unit="ms", note="no browser here")]))
    put(document, "two", "second")
    put(document, "one", table([Row(what="x", ours=1234.5, unit="ms", most=2000.0)]))
    text = document.read_text()
    assert text.startswith("# Measurements\n\nProse.\n")
    assert "non mesuré" not in text
    assert "| x | 1,234 ms | – | – | – | ≤ 2000 ms | yes | 1 |" in text
    assert text.index("figure: one") < text.index("figure: two")
