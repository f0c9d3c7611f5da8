"""The labelled messages of `tests/corpus/labelled`: text, context and the sender's intention."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.conversations.read_rules import Act, Before, Situation, read_rules

FOLDER = Path(__file__).parents[2] / "tests" / "corpus" / "labelled"


@dataclass(frozen=True)
class Labelled:
    """A message and what its sender wanted; None: anything but a picture."""

    words: str
    label: Act | None
    kind: str
    situation: Situation
    said: tuple[tuple[str, str], ...] = ()
    """The earlier turns: author and text."""
    prompts: tuple[str, ...] = ()
    """The prompts of earlier pictures, newest first."""

    @property
    def act(self) -> Act | None:
        """The act that the rules read in the message; None: they are unsure."""
        return read_rules(self.words, self.situation)


def load_messages(name: str) -> list[Labelled]:
    """The messages of one file."""
    rows = [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    return [_read(row) for row in rows]


def _read(row: dict[str, Any]) -> Labelled:
    before = row.get("turns", [])
    ours = [turn for turn in before if turn["from"] != "person"]
    files = row.get("files", [])
    situation = Situation(
        brings_picture="photo" in files,
        brings_file=bool(files) and "photo" not in files,
        replied=_before(row.get("replied")),
        last=_before(ours[-1] if ours else None),
        has_shown=any(turn["from"] == "picture" for turn in ours),
        is_foreign=row.get("forwarded", False),
    )
    label = None if row["label"] == "none" else Act(row["label"])
    said = tuple((turn["from"], turn["words"]) for turn in before if turn["from"] != "picture")
    prompts = tuple(turn["words"] for turn in reversed(before) if turn["from"] == "picture")
    return Labelled(row["words"], label, row["kind"], situation, said, prompts)


def _before(turn: dict[str, Any] | None) -> Before:
    if turn is None:
        return Before.NOTHING
    return Before.PICTURE if turn["from"] == "picture" or turn.get("files") else Before.ANSWER
