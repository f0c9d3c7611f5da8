"""Parsing the parameters "16:9", "4K", "x3" and "--ar 16:9" anywhere in a prompt, and removing them; also "--seed 7",
and what shall not be shown: "--no cars", "no: cars", "без: машин". "A street without cars" stays a part of the words.

Unavailable values ("5:7", "8K", "x10") are reported with the nearest available one.
"""

import re
from dataclasses import dataclass, replace
from math import log

from shared.credits.catalogue import COUNTS, RATIOS, SIZES, Ratio, Size, ratio_of
from shared.providers.outcomes import SEED_MAX

PARAMETERS_MAX = 32
"""The most parameters; with more it is a text or an attack, and the rest stays text."""
SIDE_PX_MIN = 128
"""A pair of numbers of at least this value is a size in pixels."""
SHARE_MAX = 32
"""The largest number in a ratio; larger pairs are a score or a time."""
_SIZES_ASKED_FOR = frozenset({3, 5, 6, 8, 12, 16})
"""Sizes, in thousands of pixels, that people ask for and no model supports."""
_LOOKALIKES = str.maketrans({"К": "K", "к": "K", "k": "K", "х": "x", "×": "x", "Х": "X", "∶": ":"})
"""Cyrillic letters that look like Latin ones, and both cases of K."""
_LEADS = frozenset({"в", "и", "in", "at", "and"})
_EDGES = ".,;!?()[]«»\"'"
_BETWEEN = " \t\r\n,;·|"
_WORDS = re.compile(
    r"(?<!\S)(?:(\d{1,2})\s+[:xXхХ×]\s+(\d{1,2})|(16|21)\s+(?:на|к|by|to)\s+(9)|(9)\s+(?:на|к|by|to)\s+(16))(?![^\s.,;!?])|\S+",
    re.IGNORECASE,
)
"""A word; "16 на 9" and "16 x 9" count as one word."""
_PAIR = re.compile(r"(\d{1,5})[:xX](\d{1,5})")
_SIZE = re.compile(r"(\d{1,2})K")
_COUNT = re.compile(r"([xX])(\d{1,3})|(\d{1,2})x")
_FLAG = re.compile(r"(?:--|—|–)([A-Za-z]{1,10})")
_RATIO_FLAGS = frozenset({"ar", "aspect"})
_UNUSED_FLAGS = frozenset(
    {"v", "version", "q", "quality", "s", "stylize", "style", "chaos", "c", "niji", "iw", "w", "weird", "tile",
     "raw", "fast", "turbo", "relax", "hd", "uplight", "upbeta", "sameseed", "stop", "p", "profile"}
)  # fmt: skip
"""Parameters of another picture bot that we do not support."""
_NO = re.compile(
    r"(?<![^\s,;])(?:(?:--|—|–)no(?=\s)|"
    r"(?:no|without|negative(?:[ _]prompt)?|без|исключи(?:ть)?|негатив(?:ный промпт)?)\s*:)"
    r"(?P<what>.*?)(?=\s(?:--|—|–)[A-Za-z]|[.!?;]\s|\n|$)",
    re.IGNORECASE,
)
"""What follows, to the next flag or the end of the sentence or line, shall not be shown."""
_VALUELESS_FLAGS = frozenset({"tile", "raw", "fast", "turbo", "relax", "hd", "uplight", "upbeta"})


@dataclass(frozen=True, slots=True)
class Missed:
    """An unavailable parameter, as written, and the nearest available one."""

    wanted: str
    nearest: str


@dataclass(frozen=True, slots=True)
class ParsedPrompt:
    """A prompt and its parameters; None for a parameter that was not named."""

    text: str
    ratio: Ratio | None = None
    size: Size | None = None
    count: int | None = None
    missed: tuple[Missed, ...] = ()
    unused: tuple[str, ...] = ()
    """Parameters of other bots, which were removed."""
    without: str = ""
    """What shall not be shown."""
    seed: int | None = None

    @property
    def names_something(self) -> bool:
        """Whether any parameter was named."""
        return self.ratio is not None or self.size is not None or self.count is not None


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the prompt, with its offsets."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Place:
    """The context of a word."""

    after_break: bool
    """It is at the beginning of the prompt, or follows a parameter or a comma."""
    in_tail: bool
    """Only parameters follow."""
    at_edge: bool
    """Only parameters follow, or only parameters come before."""


def parse_prompt(text: str) -> ParsedPrompt:
    """Separate the parameters from the prompt; of two of a kind the last one counts."""
    excluded = list(_NO.finditer(text))
    if not excluded:
        return _parse(text)
    found = _parse(_NO.sub(" ", text))
    inner = [_parse(match["what"]) for match in excluded]  # parameters may follow: "--no cars 16:9"
    for each in inner:
        found = _take_over(found, each)
    if not found.text.strip(f"{_BETWEEN}.!"):
        return _parse(text)  # nothing else is said: "no: snow" asks for a change
    named = [each.text.strip(f"{_BETWEEN}.!") for each in inner]
    return replace(found, text=found.text.strip(f"{_BETWEEN}.!"), without=", ".join(filter(None, named)))


def _take_over(found: ParsedPrompt, inner: ParsedPrompt) -> ParsedPrompt:
    """The prompt with the parameters of another part of the same text."""
    return replace(
        found,
        ratio=inner.ratio or found.ratio,
        size=inner.size or found.size,
        count=inner.count or found.count,
        missed=(*found.missed, *inner.missed),
        unused=(*found.unused, *inner.unused),
        seed=found.seed if inner.seed is None else inner.seed,
    )


def _parse(text: str) -> ParsedPrompt:
    words = [_Word(_joined(match), match.start(), match.end()) for match in _WORDS.finditer(text)]
    tail = _find_tail(words)
    found, taken, index = ParsedPrompt(""), set[int](), 0
    while index < len(words) and len(taken) < PARAMETERS_MAX:
        flag = _read_flag(found, words, index)
        if flag is not None:
            found, used = flag
            taken |= set(range(index, index + used))
            index += used
            continue
        place = _Place(
            after_break=index == 0 or index - 1 in taken or words[index - 1].text[-1] in ",;.",
            in_tail=index >= tail,
            at_edge=index >= tail or len(taken) == index,
        )
        read = _read_parameter(found, words[index], place)
        if read is not None:
            found = read
            taken.add(index)
        index += 1
    return replace(found, text=_without(text, words, taken | _find_leads(words, taken)))


def _find_leads(words: list[_Word], taken: set[int]) -> set[int]:
    """The small words before the parameters at the end, which are removed with them: "in" of "a fox in 4K"."""
    leads = set[int]()
    for index in range(len(words) - 1, -1, -1):
        is_lead = index + 1 in taken | leads and words[index].text.lower() in _LEADS
        if is_lead:
            leads.add(index)
        elif index not in taken:
            break
    return leads


def _joined(match: re.Match[str]) -> str:
    """A word as written, or a format that was written as three words."""
    sides = [side for side in match.groups() if side is not None]
    return ":".join(sides) or match[0]


def _read_flag(found: ParsedPrompt, words: list[_Word], index: int) -> tuple[ParsedPrompt, int] | None:
    """Parse a flag like "--ar 16:9"; returns the result and the number of words used."""
    match = _FLAG.fullmatch(words[index].text)
    name = match[1].lower() if match else ""
    value = words[index + 1].text.translate(_LOOKALIKES).strip(_EDGES) if index + 1 < len(words) else ""
    if name in _RATIO_FLAGS and (pair := _PAIR.fullmatch(value)):
        return _with_pair(found, words[index + 1].text, int(pair[1]), int(pair[2])), 2
    if name == "seed" and value.isascii() and value.isdecimal() and int(value[:11]) <= SEED_MAX:
        return replace(found, seed=int(value)), 2
    if name not in _UNUSED_FLAGS | _RATIO_FLAGS | {"seed"}:
        return None
    has_value = name not in _VALUELESS_FLAGS and re.fullmatch(r"[\d.:]+|raw|[a-z]{1,12}", value) is not None
    shown = " ".join(word.text for word in words[index : index + 1 + has_value])
    return replace(found, unused=(*found.unused, shown)), 1 + has_value


def _find_tail(words: list[_Word]) -> int:
    """The index at which the parameters at the end of a prompt begin."""
    tail = len(words)
    while tail > 0 and any(kind.fullmatch(_token(words[tail - 1])) for kind in (_PAIR, _SIZE, _COUNT)):
        tail -= 1
    return tail


def _token(word: _Word) -> str:
    return word.text.strip(_EDGES).translate(_LOOKALIKES)


def _read_parameter(found: ParsedPrompt, word: _Word, place: _Place) -> ParsedPrompt | None:
    """Parse one word; None if it is not a parameter."""
    raw, token = word.text.strip(_EDGES), _token(word)
    if pair := _PAIR.fullmatch(token):
        return _read_pair(found, raw, int(pair[1]), int(pair[2]), at_edge=place.at_edge)
    if size := _SIZE.fullmatch(token):
        return _with_size(found, raw, int(size[1]))
    if count := _COUNT.fullmatch(token):
        is_shouted = count[1] == "X"
        if (is_shouted and not place.after_break) or (count[3] and not place.in_tail):
            return None  # "BMW X3" is a car, "2x speed" a speed
        return _with_count(found, raw, int(count[2] or count[3]), at_edge=place.at_edge)
    return None


def _read_pair(found: ParsedPrompt, raw: str, width: int, height: int, *, at_edge: bool) -> ParsedPrompt | None:
    if f"{width}:{height}" in RATIOS or min(width, height) >= SIDE_PX_MIN:
        return _with_pair(found, raw, width, height)
    is_time = ":" in raw and len(raw.partition(":")[2]) == 2  # noqa: PLR2004 — two digits of minutes
    is_plausible = 0 < width <= SHARE_MAX and 0 < height <= SHARE_MAX and not is_time
    return _with_pair(found, raw, width, height) if at_edge and is_plausible else None


def _with_pair(found: ParsedPrompt, raw: str, width: int, height: int) -> ParsedPrompt:
    """Add a ratio or the nearest one; a size in pixels becomes the nearest ratio and size."""
    ratio = ratio_of(width, height)
    if ratio is None:
        return replace(found, unused=(*found.unused, raw))
    if f"{width}:{height}" == ratio:
        return replace(found, ratio=ratio)
    if min(width, height) < SIDE_PX_MIN:
        return replace(found, ratio=ratio, missed=(*found.missed, Missed(raw, ratio)))
    size = _nearest_size(max(width, height) / 1024)
    return replace(found, ratio=ratio, size=size, missed=(*found.missed, Missed(raw, f"{ratio} · {size}")))


def _with_size(found: ParsedPrompt, raw: str, thousands: int) -> ParsedPrompt | None:
    size = f"{thousands}K"
    for known in SIZES:
        if size == known:
            return replace(found, size=known)
    if thousands not in _SIZES_ASKED_FOR:
        return None  # "10K runners" is a race
    nearest = _nearest_size(thousands)
    return replace(found, size=nearest, missed=(*found.missed, Missed(raw, nearest)))


def _with_count(found: ParsedPrompt, raw: str, number: int, *, at_edge: bool) -> ParsedPrompt | None:
    if number in COUNTS:
        return replace(found, count=number)
    if not at_edge or number == 0:
        return None
    return replace(found, count=COUNTS[-1], missed=(*found.missed, Missed(raw, f"x{COUNTS[-1]}")))


def with_count(found: ParsedPrompt, number: int) -> ParsedPrompt:
    """The prompt with a number of pictures that was named in words: "4 more"."""
    nearest = min(COUNTS, key=lambda count: abs(count - number))
    missed = () if number == nearest else (Missed(f"x{number}", f"x{nearest}"),)
    return replace(found, count=nearest, missed=(*found.missed, *missed))


def _nearest_size(thousands: float) -> Size:
    return min(SIZES, key=lambda size: abs(log(int(size[:-1]) / thousands)))


def _without(text: str, words: list[_Word], taken: set[int]) -> str:
    """The text without the removed words and the punctuation around them; line breaks are kept."""
    pieces, end = [], 0
    for index, word in enumerate(words):
        if index in taken:
            pieces.append(text[end : word.start].rstrip(" \t"))
            end = word.end
    pieces.append(text[end:])
    rest = "".join(pieces)
    return rest.strip(_BETWEEN) if taken else rest.strip()
