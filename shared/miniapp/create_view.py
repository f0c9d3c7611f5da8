"""What the page *Create* shows: every offer's options out of the catalogue, with the price of what is chosen. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.credits.catalogue import (
    COUNTS,
    OFFERS,
    SIZES,
    VIDEOS,
    ModelName,
    VideoName,
    price_of,
    sold_models,
    sold_videos,
)
from shared.miniapp.create_form import CreateForm, Sources, quote, wish_video
from shared.people.users import Language
from shared.texts import plain_text
from shared.videos.choice import Choice, Wish, lengths_for, models_for, price_of_choice, works_for


@dataclass(frozen=True, slots=True)
class Option:
    """A value to choose."""

    value: str
    label: str
    is_chosen: bool
    about: str = ""
    """More about it, for options in rows."""


@dataclass(frozen=True, slots=True)
class Group:
    """Options of which one is chosen."""

    name: str
    """Of the form's field."""
    title: str
    options: tuple[Option, ...]
    is_long: bool = False
    """Each option has a row of its own."""


@dataclass(frozen=True, slots=True)
class Options:
    """All groups that leave a choice, and the price."""

    groups: tuple[Group, ...]
    price: int
    missing: int
    """Credits that the person lacks for it."""


def show_options(
    form: CreateForm, sources: Sources, language: Language, sellers: frozenset[str], available: int
) -> Options:
    """The options of a form, as far as they fit each other, and the price."""
    if form.medium == "video":
        groups = _of_video(form, sources, language, sold_videos(sellers))
    else:
        groups = _of_picture(form, language, sold_models(sellers))
    price = quote(form, sources)
    return Options(tuple(group for group in groups if len(group.options) > 1), price, max(0, price - available))


def _of_picture(form: CreateForm, language: Language, models: tuple[ModelName, ...]) -> tuple[Group, ...]:
    chosen = form.settings
    named = [(each, OFFERS[each].title, _price_label(language, price_of(each, chosen.size))) for each in models]
    ratios = [(each, each) for each in OFFERS[chosen.model].ratios]
    sizes = [(each, each) for each in SIZES]
    counts = [(str(each), f"×{each}") for each in COUNTS]
    return (
        Group(
            "model",
            plain_text(language, "app-model"),
            tuple(Option(value, title, value == chosen.model, price) for value, title, price in named),
            is_long=True,
        ),
        _group(language, "ratio", ratios, chosen.ratio),
        _group(language, "size", sizes, chosen.size),
        _group(language, "count", counts, str(chosen.count)),
    )


def _of_video(
    form: CreateForm, sources: Sources, language: Language, models: tuple[VideoName, ...]
) -> tuple[Group, ...]:
    wish, chosen = wish_video(form, sources)
    offer = chosen.offer
    can = works_for(wish, offer)
    works = [(each, _name_work(language, wish, each)) for each in can if len(can) > 1]
    lengths = lengths_for(wish, chosen.work, offer) if chosen.work else ()
    unit = "review-added" if chosen.work == "extend" else "review-seconds"
    seconds = [(str(each), plain_text(language, unit, seconds=each)) for each in lengths]
    ratios = [] if wish.source_seconds else [(each, each) for each in offer.ratios]  # a video keeps its shape
    sounds = [("on", plain_text(language, "app-sound-on")), ("off", plain_text(language, "app-sound-off"))]
    return (
        _video_models(language, wish, chosen, models_for(wish, models)),
        _group(language, "work", works, chosen.work),
        _group(language, "seconds", seconds, str(chosen.seconds)),
        _group(language, "resolution", [(each, each) for each in offer.resolutions], chosen.resolution),
        _group(language, "video_ratio", ratios, chosen.ratio, "ratio"),
        _group(language, "sound", sounds, "on" if chosen.has_sound else "off"),
    )


def _video_models(language: Language, wish: Wish, chosen: Choice, models: tuple[VideoName, ...]) -> Group:
    prices = [_price_label(language, price_of_choice(wish, replace(chosen, model=each))) for each in models]
    options = tuple(
        Option(each, VIDEOS[each].title, each == chosen.model, price)
        for each, price in zip(models, prices, strict=True)
    )
    return Group("video_model", plain_text(language, "app-model"), options, is_long=True)


def _group(language: Language, name: str, values: Sequence[tuple[str, str]], chosen: str, title: str = "") -> Group:
    options = tuple(Option(value, label, value == chosen) for value, label in values)
    return Group(name, plain_text(language, f"app-{title or name}"), options)


def _name_work(language: Language, wish: Wish, work: str) -> str:
    if work == "image" and wish.picture_count > 1:
        return plain_text(language, "review-work-frames")
    return plain_text(language, f"review-work-{work}")


def _price_label(language: Language, price: int) -> str:
    return plain_text(language, "app-credits", credits=price)
