"""The functions, as `infra/functions.json` lists them; terraform/modules/product reads the same file.

functions.tf there explains the fields; docs/adding-a-medium.md lists the places that follow, and those that do not.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("functions.json")


@dataclass(frozen=True)
class Function:
    """One function: the facts that the cloud, the deployer and the local system share."""

    public: bool
    env: Sequence[str]
    limits: Mapping[str, Any]
    secrets: Mapping[str, str]
    """Variable → secret."""
    enqueues: Sequence[str]
    firestore: bool
    media: bool
    model: bool
    fal: bool
    """Whether it gets the key of the second provider, where there is one."""
    transcodes: bool
    """Whether it may have smaller copies of videos made by the Transcoder."""
    sells: bool
    cards: Mapping[str, Mapping[str, str]]
    """Provider of card payments → variable → secret: what it gets where that provider is set."""
    signs_in: bool
    remembers: bool
    """Whether it gets the key of sessions, where there is a Mini App."""
    schedule: str | None
    queue: Mapping[str, int] | None


def read_functions(text: str) -> dict[str, Function]:
    """Name → function, in the file's order. Raises TypeError for an entry with other fields than Function has."""
    return {name: Function(**entry) for name, entry in json.loads(text).items()}


FUNCTIONS: Mapping[str, Function] = read_functions(FILE.read_text(encoding="utf-8"))
WORKERS = tuple(name for name, each in FUNCTIONS.items() if not each.public)
"""The functions called by tasks or by the scheduler."""
ROUTER = "webhook"
"""The function that divides people between two releases during a rollout; the others are switched as a whole."""
QUEUES = tuple(name for name, each in FUNCTIONS.items() if each.queue)
"""The functions called by tasks, through one queue or several."""
QUEUE_NAMES = {
    name: (name, *(f"{name}-{number}" for number in range(1, each.queue["count"])))
    for name, each in FUNCTIONS.items()
    if each.queue
}
"""The queues of each function, named as by `list_queues` in shared/adapters/targets.py."""
SCHEDULED = tuple(name for name, each in FUNCTIONS.items() if each.schedule)
