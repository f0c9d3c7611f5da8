"""Where a run's figures are kept: `bench-results/<date>.json`."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.bench.figures import Section
from infra.local.processes import ROOT

FOLDER = ROOT / "bench-results"


def describe_run(sections: Sequence[Section], machine: dict[str, Any], at: datetime) -> dict[str, Any]:
    """What the file holds."""
    return {
        "date": at.isoformat(timespec="seconds"),
        "machine": machine,
        "parts": {section.part: section.to_json() for section in sections},
    }


def name_file(parts: Sequence[str], every_part: Sequence[str], at: datetime) -> str:
    """The file's name: the date for a complete run; a run of some parts has their names too."""
    chosen = "" if set(parts) == set(every_part) else "-" + "-".join(parts)
    return f"{at:%Y-%m-%d}{chosen}.json"


def write_run(name: str, run: dict[str, Any]) -> Path:
    """Write the file; replaces the day's earlier one."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / name
    path.write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def now() -> datetime:
    return datetime.now(UTC)
