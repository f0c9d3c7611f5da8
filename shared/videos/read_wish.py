"""What the words of a wish for a video say about its material, and the words of a wish without any. Pure."""

import re
from dataclasses import replace

from shared.credits.catalogue import VIDEO
from shared.people.users import LANGUAGES, Language
from shared.pictures.draft import may_be_split
from shared.pictures.prompts import ParsedPrompt, parse_prompt
from shared.pictures.wishes import Reading, read_words
from shared.texts import plain_text
from shared.videos.choice import Choice, Wish, read_shape

_READ_CHARACTERS_MAX = 80
_FILLER = re.compile(
    "please|and|now|let|it|make|then|so|пожалуйста|и|а|сделайте|сделай|давайте|давай|теперь|его|ещё|еще"
)
_ORDER = re.compile(
    "continue|extend|prolong|lengthen|longer|next|go|keep|дальше|длиннее|дольше|потом|(?:продолж|продли|удлини).*"
)
_REFERENCES = re.compile(r"\breferences?\b|\bреференс|\bкак образ", re.IGNORECASE)

_NAMED = re.compile(
    r"\b\d+[\s-]*(?:s|secs?|mins?|с|сек|мин|p|fps)\b|\b(?:seconds?|minutes?|секунд\w*|минут\w*|полминут\w*)\b"
    r"|\b(?:full ?hd|hd|mute|silent|sound|audio|звук\w*|models?|veo|omni|модел\w*)\b",
    re.IGNORECASE,
)
"""Lengths, resolutions, sound and models, which are chosen on the review."""
_POINTS = re.compile(r"\b(?:this|that|these|those|it|them|эт[аоиу]\w*|этот|тот|её|ее|его|их|ними?)\b", re.IGNORECASE)


def wants_continuation(words: str) -> bool:
    """Whether the words begin like an order to go on; the person can still choose on the review screen."""
    said = re.findall(r"\w+", words[:_READ_CHARACTERS_MAX].lower())
    first = next((each for each in said if not _FILLER.fullmatch(each)), "")
    return _ORDER.fullmatch(first) is not None


def read_work(wish: Wish, choice: Choice) -> Choice:
    """The choice; with the pictures as references if the words call them that."""
    return replace(choice, work="reference") if _REFERENCES.search(wish.words) else choice


def is_clear(words: str, *, has_picture: bool) -> bool:
    """Whether these words surely describe one video at the usual choice, so that a person may have it without a review.

    Not clear: what the bot would ask about for a picture too, words that name another length or resolution, a
    parameter that videos do not have, and, without a picture, words that point at one.
    """
    said = parse_prompt(words)
    if said != ParsedPrompt(said.text, ratio=said.ratio, without=said.without):
        return False
    if said.ratio not in {None, *VIDEO.ratios} or may_be_split(words) or _NAMED.search(words):
        return False
    if has_picture:
        return read_words(words) in {Reading.WISH, Reading.REFERS_BACK}
    return read_words(words) is Reading.WISH and not _POINTS.search(words)


def read_exclusions(wish: Wish) -> Wish:
    """The wish with what shall not be shown ("--no cars", "без: машин"), and the seed, apart from its words."""
    said = parse_prompt(wish.words)
    if not said.without and said.seed is None:
        return wish
    seed = said.seed if VIDEO.rungs[0].takes_seed else None
    return replace(wish, words=said.text, without=said.without, seed=seed)


def read_parameters(wish: Wish, choice: Choice) -> tuple[Wish, Choice]:
    """The wish without parameters in its words, and the choice with the shape that they name."""
    read = read_exclusions(wish)
    words, choice = read_shape(wish.words, choice)
    return (replace(wish, words=words) if read == wish else read), choice


def write_exclusions(wish: Wish) -> str:
    """The inverse of `read_exclusions`: all of it as words."""
    without = f"\n--no {wish.without}" if wish.without else ""
    return f"{wish.words}{without}" if wish.seed is None else f"{wish.words}{without}\n--seed {wish.seed}"


def says_nothing(wish: Wish) -> bool:
    """Whether these are our own words for a continuation, which are no change."""
    return wish.words in {plain_text(language, "video-extend-prompt") for language in LANGUAGES}


def says_no_movement(wish: Wish) -> bool:
    """Whether these are our own words for a picture that came without any."""
    return wish.words in {plain_text(language, "video-animate-prompt") for language in LANGUAGES}


def with_words(wish: Wish, language: Language) -> Wish:
    """The wish; if pictures came without words, with words that suit their number."""
    if wish.words or not wish.picture_count:
        return wish
    names = {1: "video-animate-prompt", 2: "video-frames-prompt"}
    return replace(wish, words=plain_text(language, names.get(wish.picture_count, "video-references-prompt")))
