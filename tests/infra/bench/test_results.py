"""The file of a run."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.bench import results
from infra.bench.figures import Goal, Section
from infra.bench.machine import describe_machine

AT = datetime(2026, 11, 21, 8, 30, 5, tzinfo=UTC)
PARTS = ("webhook", "cold", "counts")


def test_run_holds_date_machine_table_goals_and_raw_figures() -> None:
    """The file alone tells when, where and what was measured, and whether the goals were met."""
    goal = Goal("reads", 4, "at most", 8)
    section = Section("counts", "per picture", ("name", "reads"), [("plain", "4")], [goal], ["note"], {"reads": [4]})
    run = results.describe_run([section], {"cores": 2}, AT)
    assert json.loads(json.dumps(run)) == {
        "date": "2026-11-21T08:30:05+00:00",
        "machine": {"cores": 2},
        "parts": {
            "counts": {
                "part": "counts",
                "title": "per picture",
                "table": [{"name": "plain", "reads": "4"}],
                "goals": [{"text": "reads", "value": 4, "bound": "at most 8", "binding": True, "met": True}],
                "notes": ["note"],
                "seconds": 0.0,
                "raw": {"reads": [4]},
            }
        },
    }


def test_whole_run_is_the_days_file() -> None:
    """All parts in any order make the day's file; fewer make one beside it that does not replace it."""
    assert results.name_file(["cold", "counts", "webhook"], PARTS, AT) == "2026-11-21.json"
    assert results.name_file(["counts", "cold"], PARTS, AT) == "2026-11-21-counts-cold.json"


def test_file_is_written_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written can be read back, non-ASCII included."""
    monkeypatch.setattr(results, "FOLDER", tmp_path / "bench-results")
    path = results.write_run("a.json", {"unit": "×"})
    assert json.loads(path.read_text(encoding="utf-8")) == {"unit": "×"}


def test_machine_is_described_in_json() -> None:
    """Size, model and versions of this machine are there and can be written down."""
    machine = json.loads(json.dumps(describe_machine()))
    assert machine["cores"] >= 1
    assert machine["memory_gb"] > 0
    assert machine["cpu"]
    assert machine["versions"]["functions-framework"]
