"""What the form of the page *Create* says, and its quote. Pure.

Every value is absolute and comes from a person's browser: what is not on offer becomes what is nearest to it, or the
person's own setting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from shared.credits.catalogue import COUNTS, RATIOS, SIZES, VIDEOS, VideoName, nearest_ratio, sold_models, sold_videos
from shared.hash_ids import is_id
from shared.people.users import PictureSettings
from shared.pictures.request import Material, Plan, plan_request
from shared.providers.outcomes import DeclineReason
from shared.videos.choice import Choice, Wish, fit, plan_video
from shared.videos.read_wish import read_parameters
from shared.videos.video import VideoRequest

Medium = Literal["picture", "video"]
Form = Mapping[str, Sequence[str]]
T = TypeVar("T")

SOURCES_MAX = 14
"""The most pictures to start from; the model's own limit may be lower."""
TOKEN_CHARACTERS_MAX = 40
ANY_WORDS = "x"
"""Stands for words that are not written yet, so that there is a price."""


@dataclass(frozen=True, slots=True)
class CreateForm:
    """A filled form."""

    medium: Medium
    words: str
    settings: PictureSettings
    choice: Choice
    uploads: tuple[str, ...] = ()
    """The ids of uploaded pictures to start from."""
    results: tuple[str, ...] = ()
    """The ids of the person's own results to start from."""
    token: str = ""
    """A random word of the form: two posts of one form are one request."""
    price: int | None = None
    """The price that the person saw."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What a form starts from, once it was looked up."""

    material: Material = field(default_factory=Material)
    clip_id: str = ""
    """The person's own video that is changed or continued."""
    clip_seconds: float = 0.0


def read_form(form: Form, settings: PictureSettings, sellers: frozenset[str]) -> CreateForm:
    """The form; what it does not say comes from the person's settings."""
    model = _one_of(form, "model", sold_models(sellers), settings.model)
    ratio = nearest_ratio(model, _one_of(form, "ratio", RATIOS, settings.ratio))
    counts = {str(count): count for count in COUNTS}
    is_sent = "token" in form
    read = PictureSettings(
        model=model,
        ratio=ratio,
        size=_one_of(form, "size", SIZES, settings.size),
        count=counts.get(_first(form, "count"), settings.count),
        original=_first(form, "original") == "on" if is_sent else settings.original,
    )
    price = _first(form, "price")
    return CreateForm(
        medium="video" if _first(form, "kind") == "video" else "picture",
        words=_first(form, "words").replace("\r\n", "\n").strip(),
        settings=read,
        choice=_read_choice(form, sold_videos(sellers)),
        uploads=_ids(form, "upload"),
        results=_ids(form, "from"),
        token=_first(form, "token")[:TOKEN_CHARACTERS_MAX],
        price=int(price) if price.isascii() and price.isdigit() and len(price) < 8 else None,  # noqa: PLR2004
    )


def _read_choice(form: Form, models: tuple[VideoName, ...]) -> Choice:
    """The choice of a video, as far as its model has it."""
    usual = Choice()
    model = _one_of(form, "video_model", models, usual.model)
    offer = VIDEOS[model]
    seconds = {str(each): each for each in offer.seconds}
    return Choice(
        seconds=seconds.get(_first(form, "seconds"), offer.seconds[0]),
        ratio=_one_of(form, "video_ratio", offer.ratios, offer.ratios[0]),
        resolution=_one_of(form, "resolution", offer.resolutions, offer.resolutions[0]),
        has_sound=_first(form, "sound") != "off",
        work=_one_of(form, "work", tuple(offer.rungs[0].works), usual.work),
        model=model,
    )


def plan_pictures(form: CreateForm, sources: Sources) -> Plan | DeclineReason:
    """The pictures, exactly as the same words and settings would become them in the chat."""
    return plan_request(form.words, form.settings, sources.material)


def quote_pictures(form: CreateForm, sources: Sources) -> int:
    """The price of the pictures, also before there are words."""
    plan = plan_pictures(form if form.words else replace(form, words=ANY_WORDS), sources)
    return 0 if isinstance(plan, DeclineReason) else plan.price


def wish_video(form: CreateForm, sources: Sources) -> tuple[Wish, Choice]:
    """The video that the words and the choice ask for; a shape in the words comes first, as in the chat."""
    material = sources.material
    parent_id = sources.clip_id or material.parent_id
    shape = material.ratio if material.references or material.parent_id is not None else None
    wish = Wish(form.words, material.references, parent_id, source_seconds=sources.clip_seconds, shape=shape)
    wish, choice = read_parameters(wish, form.choice)
    return wish, fit(wish, choice)


def plan_film(form: CreateForm, sources: Sources) -> VideoRequest | DeclineReason:
    """The request of a video."""
    wish, choice = wish_video(form, sources)
    return plan_video(wish, choice)


def quote_film(form: CreateForm, sources: Sources) -> int:
    """The price of the video, also before there are words."""
    planned = plan_film(form if form.words else replace(form, words=ANY_WORDS), sources)
    return 0 if isinstance(planned, DeclineReason) else planned.price


def quote(form: CreateForm, sources: Sources) -> int:
    """The price of what the form asks for; 0 if nobody can have it."""
    return quote_film(form, sources) if form.medium == "video" else quote_pictures(form, sources)


def _first(form: Form, name: str) -> str:
    return next(iter(form.get(name, ())), "")


def _one_of(form: Form, name: str, values: tuple[T, ...], otherwise: T) -> T:
    given = _first(form, name)
    return next((each for each in values if each == given), otherwise)


def _ids(form: Form, name: str) -> tuple[str, ...]:
    """The ids in a field, each once."""
    return tuple(dict.fromkeys(each for each in form.get(name, ()) if is_id(each)))[:SOURCES_MAX]
