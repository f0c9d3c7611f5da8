"""What infra/functions.json lists is everywhere; docs/adding-a-medium.md describes these places."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, get_args

import pytest

from infra.bench import cold
from infra.checks.cloud import code
from infra.functions import FILE, FUNCTIONS, QUEUE_NAMES, Function, read_functions
from infra.local import lines
from infra.local.options import EVERYTHING, Options
from infra.local.ports import fix_ports
from shared import settings
from shared.adapters import telegram_pace
from shared.adapters.targets import list_queues
from shared.task import QueueName
from tests.e2e import test_kills
from tests.infra import test_structure
from tests.security import test_doors

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/adding-a-medium.md"
Choose = Callable[[Function], object]


class Place(NamedTuple):
    """Where functions are named by hand: which of them have to be there, and which are."""

    name: str
    is_needed: Choose
    find: Callable[[], Iterable[str]]
    has_others: bool = False
    """Whether names of other things stand there too."""


def every(_: Function) -> bool:
    return True


def read_rows(document: str, heading: str) -> list[str]:
    """The first cells of the table below a heading, without its own heading."""
    section = (ROOT / document).read_text("utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [row.split("|")[1].strip(" `") for row in section.splitlines() if row.startswith("|")][2:]


def read_columns(document: str, heading: str) -> list[str]:
    """The columns between the first and the last of the table below a heading."""
    section = (ROOT / document).read_text("utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [cell.strip() for cell in next(row for row in section.splitlines() if row.startswith("|")).split("|")[2:-2]]


PLACES = (
    Place("functions/", every, code.list_folders),
    Place(
        "shared/settings.py, its class",
        every,
        lambda: [name.removesuffix("Settings").lower() for name in vars(settings) if name.endswith("Settings")],
        has_others=True,
    ),
    Place("shared/wiring.py, its deadline", lambda each: each.queue, code.list_deadlines),
    Place("shared/task.py, QueueName", lambda each: each.queue, lambda: get_args(QueueName)),
    Place("infra/bench/cold.py, LIMITS", every, lambda: cold.LIMITS),
    Place("infra/bench/cold.py, USEFUL", every, lambda: cold.USEFUL.keys() - {"hello"}),
    Place("tests/infra/test_structure.py, FORBIDDEN", every, lambda: test_structure.FORBIDDEN),
    Place("tests/security/test_doors.py, BODIES", lambda each: not each.public, lambda: test_doors.BODIES),
    Place("tests/e2e/test_kills.py, EVERY_DAY", every, lambda: test_kills.EVERY_DAY),
    Place("tests/e2e/test_kills.py, NIGHTLY", every, lambda: test_kills.NIGHTLY),
    Place("tests/e2e/test_kills.py, LIFE_SECONDS", every, lambda: test_kills.LIFE_SECONDS),
    Place("docs/architecture.md, the functions", every, lambda: read_rows("docs/architecture.md", "The functions")),
    Place(
        "docs/architecture.md, the variables",
        every,
        lambda: read_columns("docs/architecture.md", "Environment variables"),
    ),
    Place("docs/security.md", every, lambda: read_rows("docs/security.md", "What a function may do")),
)


def find_differences(functions: Mapping[str, Function]) -> Iterator[str]:
    """One line per function that a place lacks, and per name there that is no function."""
    for place in PLACES:
        needed = {name for name, each in functions.items() if place.is_needed(each)}
        found = set(place.find())
        yield from (f"{name}: missing in {place.name}" for name in sorted(needed - found))
        if not place.has_others:
            yield from (f"{name}: in {place.name}, not in {FILE.name}" for name in sorted(found - needed))


def test_every_function_is_everywhere() -> None:
    """Each place names each function that it has to, and no other."""
    assert list(find_differences(FUNCTIONS)) == []


@pytest.mark.parametrize("like", ["webhook", "image", "sweep"])
def test_a_forgotten_place_is_named(like: str) -> None:
    """A new entry of whichever sort is missed in each of its places, and in no other."""
    new = FUNCTIONS[like]
    needed = [place.name for place in PLACES if place.is_needed(new)]
    assert list(find_differences({**FUNCTIONS, "ghost": new})) == [f"ghost: missing in {name}" for name in needed]


def test_a_forgotten_entry_is_named() -> None:
    """What is only in the code is told as well, in each place that has it."""
    without = {name: each for name, each in FUNCTIONS.items() if name != "image"}
    found = list(find_differences(without))
    assert "image: in functions/, not in functions.json" in found
    assert len(found) == sum(not place.has_others for place in PLACES)


def test_a_change_of_sort_is_noticed() -> None:
    """A function that is given a queue needs what functions with a queue need."""
    with_queue = {**FUNCTIONS, "sweep": replace(FUNCTIONS["sweep"], queue=FUNCTIONS["bot"].queue)}
    assert list(find_differences(with_queue)) == [
        "sweep: missing in shared/wiring.py, its deadline",
        "sweep: missing in shared/task.py, QueueName",
    ]


def test_an_entry_has_every_field_and_no_other() -> None:
    """A misspelled or missing field is refused when the file is read."""
    for text in ('{"ghost": {}}', FILE.read_text("utf-8").replace('"media"', '"medium"')):
        with pytest.raises(TypeError):
            read_functions(text)


def test_tasks_go_to_queues_that_exist() -> None:
    """A function may put tasks only into queues that the file has, knows the address behind each, and how many of it
    there are."""
    for name, each in FUNCTIONS.items():
        assert all(FUNCTIONS[queue].queue for queue in each.enqueues), name
        assert {f"{queue.upper()}_URL" for queue in each.enqueues} <= set(each.env), name
        several = {queue for queue in each.enqueues if len(QUEUE_NAMES[queue]) > 1}
        assert {f"{queue.upper()}_QUEUES" for queue in several} <= set(each.env), name


def test_queues_have_the_names_that_the_code_uses() -> None:
    """The tools name a function's queues as the adapter does, the first like the function."""
    assert {name: list_queues(name, len(names)) for name, names in QUEUE_NAMES.items()} == QUEUE_NAMES
    assert len(QUEUE_NAMES["bot"]) > 1


def test_those_that_write_share_a_groups_limit() -> None:
    """Each function that has the bot's token counts among those that share what Telegram allows in a group."""
    writers = {name for name, each in FUNCTIONS.items() if "TELEGRAM_BOT_TOKEN" in each.secrets}
    assert writers == telegram_pace.GROUP_SHARES.keys()
    assert sum(telegram_pace.GROUP_SHARES.values()) <= telegram_pace.GROUP_PER_MINUTE


def test_the_local_system_has_each_function_and_queue() -> None:
    """Part, port, colour and queue follow from the file; the ports of `make run` stay what people have noted."""
    assert set(FUNCTIONS) <= EVERYTHING & lines.COLOURS.keys()
    assert [fix_ports()[name] for name in FUNCTIONS] == [*range(8710, 8719)]
    assert [*FUNCTIONS] == ["webhook", "bot", "image", "sweep", "chat", "video", "payments", "api", "releases"]
    queues = {queue.partition(":")[0] for queue in Options().queues}
    scheduled = {name for name, each in FUNCTIONS.items() if each.schedule}
    assert queues == scheduled | {queue for names in QUEUE_NAMES.values() for queue in names}


def test_terraform_is_applied_when_a_file_that_it_reads_changes() -> None:
    """The workflow starts for each file outside terraform/ that a module reads."""
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "terraform/modules").glob("*/*.tf"))
    read = set(re.findall(r"\$\{path\.module\}/\.\./\.\./\.\./([\w./]+)", sources))
    paths = re.findall(r"paths: \[(.*)\]", (ROOT / ".github/workflows/terraform.yml").read_text("utf-8"))
    assert FILE.relative_to(ROOT).as_posix() in read
    assert len(paths) == 2
    assert all(read <= set(each.split(", ")) for each in paths)


def test_the_document_names_files_that_exist() -> None:
    """What docs/adding-a-medium.md sends people to is there, wherever in its part of the tree."""
    named = set(re.findall(r"`((?:[\w.-]+/)*[\w-]+\.(?:py|json|tf|md|ftl|yml))`", DOCUMENT.read_text("utf-8")))
    assert len(named) > 30
    parts = ("docs", "functions", "infra", "shared", "terraform", "tests", ".github")
    there = [path.as_posix() for part in parts for path in (ROOT / part).rglob("*.*")] + [
        f"{ROOT}/README.md",
        f"{ROOT}/CHANGELOG.md",
    ]
    assert [name for name in sorted(named) if not any(path.endswith(f"/{name}") for path in there)] == []
