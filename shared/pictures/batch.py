"""Reading several prompts out of one text, one for each line, and planning a picture for each. Pure."""

import re
from dataclasses import dataclass, replace
from itertools import islice

from shared.jobs.limits import ACTIVE_JOBS_MAX, PROMPT_CHARACTERS_MAX
from shared.people.users import PictureSettings
from shared.pictures.picture import PictureRequest
from shared.pictures.prompts import Missed, parse_prompt
from shared.pictures.request import Material, Plan, plan_request
from shared.pictures.wishes import is_bare_order

BATCH_MAX = ACTIVE_JOBS_MAX
"""The most pictures of one batch."""
LINES_MAX = 1_000
"""How many lines are looked at: a file may have a hundred thousand."""
_MARK = re.compile(r"(?:\d{1,3}\s*[.)]\s+|\d\ufe0f?\u20e3\s*|[-–—•*·▪●]\s+)")
"""What stands before an item of a list: "1. ", "2) ", "3️⃣", "- "."""
_PARTS_IN_ONE_LINE = ";"
_HEADER_END = ":"


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompts of a text, and what was not taken from it."""

    taken: tuple[str, ...]
    """At most BATCH_MAX, each with the parameters that the text names for all."""
    left_out: int = 0
    """Further prompts."""
    repeated: int = 0
    """Lines that say the same as an earlier one."""
    too_long: int = 0


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """The requests of a batch, one for each picture."""

    requests: tuple[PictureRequest, ...]
    missed: tuple[Missed, ...] = ()
    """Unavailable parameters; the requests have the nearest ones."""
    left_out: int = 0
    """Pictures above BATCH_MAX that the counts in the prompts ask for."""

    def price_of(self, count: int) -> int:
        """Credits for the first `count` pictures."""
        return sum(request.price for request in self.requests[:count])


def read_prompts(text: str) -> Prompts:
    """Take a text apart: a prompt for each line or, in a numbered list, for each number."""
    shared, lines = _take_shared(_lines_of(text))
    lines = _without_header(lines)
    if _is_list(lines):
        lines = _join_items(lines)
    elif len(lines) == 1:
        lines = lines[0].split(_PARTS_IN_ONE_LINE, LINES_MAX)
    items = [item for item in (_unmark(line) for line in lines) if re.search(r"\w", item)]
    fitting = [item for item in items if len(item) + len(shared) < PROMPT_CHARACTERS_MAX]
    first = dict[str, str]()
    for item in fitting:
        first.setdefault(_compared(item), item)
    different = list(first.values())
    return Prompts(
        taken=tuple(f"{shared} {item}".strip() for item in different[:BATCH_MAX]),
        left_out=max(0, len(different) - BATCH_MAX),
        repeated=len(fitting) - len(different),
        too_long=len(items) - len(fitting),
    )


def is_list(text: str) -> bool:
    """Whether all of a message is a list of wishes, perhaps after a line that announces it."""
    return _is_list(_without_header(_lines_of(text)))


def is_ordered_list(text: str) -> bool:
    """Whether a list comes after an order to draw: "draw me:", and then the items."""
    lines = _lines_of(text)
    return len(lines) > 1 and lines[0].endswith(_HEADER_END) and is_bare_order(lines[0]) and _is_list(lines[1:])


def plan_batch(prompts: tuple[str, ...], settings: PictureSettings) -> BatchPlan:
    """A picture for each prompt at these settings; "x3" in a prompt asks for three of it. It may be empty."""
    plans = [plan_request(prompt, replace(settings, count=1), Material()) for prompt in prompts]
    good = [plan for plan in plans if isinstance(plan, Plan)]
    wanted = [plan.request for plan in good for _ in range(plan.count)]
    return BatchPlan(
        requests=tuple(replace(request, settings=settings) for request in wanted[:BATCH_MAX]),
        missed=tuple(missed for plan in good for missed in plan.missed),
        left_out=max(0, len(wanted) - BATCH_MAX),
    )


def _lines_of(text: str) -> list[str]:
    return list(islice((line for line in map(str.strip, text.splitlines()) if line), LINES_MAX))


def _take_shared(lines: list[str]) -> tuple[str, list[str]]:
    """The parameters that a first line without words names for all prompts ("16:9 2K"), and the other lines."""
    if not lines[1:] or len(lines[0]) > PROMPT_CHARACTERS_MAX:
        return "", lines
    first = parse_prompt(lines[0])
    is_shared = first.names_something and not first.text
    return (lines[0], lines[1:]) if is_shared else ("", lines)


def _without_header(lines: list[str]) -> list[str]:
    """The lines after one that announces them: "draw:"."""
    is_header = len(lines) > 1 and lines[0].endswith(_HEADER_END) and _MARK.match(lines[0]) is None
    return lines[1:] if is_header else lines


def _is_list(lines: list[str]) -> bool:
    """Whether at least two lines are marked as items, the first among them."""
    marked = [_MARK.match(line) is not None for line in lines]
    return marked[:1] == [True] and sum(marked) > 1


def _join_items(lines: list[str]) -> list[str]:
    """The items of a list; a line without a mark continues the one before."""
    items = list[list[str]]()
    for line in lines:
        if _MARK.match(line) is not None:
            items.append([line])
        else:
            items[-1].append(line)
    return [" ".join(item) for item in items]


def _unmark(line: str) -> str:
    stripped = line.strip()
    mark = _MARK.match(stripped)
    return stripped if mark is None else stripped[mark.end() :].strip()


def _compared(prompt: str) -> str:
    return " ".join(prompt.casefold().split())
