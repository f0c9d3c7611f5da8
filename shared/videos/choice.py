"""The settings of a video, as a person chooses them on the review screen, and its price. Pure.

Each button carries all settings as absolute values, so repeated or reordered presses have the same result.
"""

from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

from shared.credits.catalogue import VIDEO, VIDEOS, Ratio, VideoName, VideoOffer, video_credits
from shared.jobs.limits import check_request
from shared.pictures.picture import Reference
from shared.pictures.prompts import parse_prompt
from shared.providers.outcomes import DeclineReason
from shared.providers.videos import VIDEO_WORKS, VideoRatio, VideoResolution, VideoWork
from shared.videos.video import Source, VideoRequest

_SOUND = {"1": True, "0": False}
_MODEL: VideoName = "omni"
_OF_MODEL = "."
"""Between a model and what it does, in a button."""
_BY_MATERIAL: Literal[""] = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Length, shape, resolution, sound, what is done with the material, and the model.

    By default the smallest and shortest of the default model.
    """

    seconds: int = VIDEO.seconds[0]
    """Of an extension, the added seconds; without a meaning for a change, which is as long as its clip."""
    ratio: VideoRatio = VIDEO.ratios[0]
    resolution: VideoResolution = VIDEO.resolutions[0]
    has_sound: bool = True
    work: VideoWork | Literal[""] = _BY_MATERIAL
    """Empty: what the material suggests, the first of `works_for`."""
    model: VideoName = _MODEL

    @property
    def offer(self) -> VideoOffer:
        """The model's lengths, shapes, resolutions and prices."""
        return VIDEOS[self.model]


@dataclass(frozen=True, slots=True)
class Wish:
    """The prompt of a video and its material: pictures, or a finished video."""

    words: str
    pictures: tuple[Reference, ...] = ()
    """Pictures that the person sent, in their order."""
    parent_id: str | None = None
    """The job whose picture comes before these, or whose video is changed or continued."""
    source_seconds: float = 0.0
    """The length of that video; 0 if the job made a picture."""
    is_shared: bool = False
    """That video is another person's, who shares it."""
    shape: Ratio | None = None
    """The shape of the first picture, if known."""
    without: str = ""
    """What shall not be shown."""
    seed: int | None = None
    """Not every model uses it: `seed_for`."""

    @property
    def picture_count(self) -> int:
        """The number of pictures, the one of a job included."""
        return len(self.pictures) + (self.parent_id is not None and not self.source_seconds)


def works_for(wish: Wish, offer: VideoOffer = VIDEO) -> tuple[VideoWork, ...]:
    """What can be done with the material, the most likely first; empty for a video of an unsuitable length."""
    rung, count = offer.rungs[0], wish.picture_count
    shortest, longest = rung.clip_seconds
    if wish.source_seconds:
        is_extended = not wish.pictures and bool(_added_seconds(wish, offer))
        fits = {"edit": shortest <= wish.source_seconds <= longest, "extend": is_extended}
    else:
        frames_max = 2 if rung.two_frames_seconds_max else 1
        fits = {
            "text": not count,
            "image": 1 <= count <= frames_max,
            "reference": 1 <= count <= rung.references_max,
        }
    return tuple(work for work in VIDEO_WORKS if work in rung.works and fits.get(work))


def lengths_for(wish: Wish, work: VideoWork, offer: VideoOffer = VIDEO) -> tuple[int, ...]:
    """The lengths to choose from, in seconds; empty for a change, which is as long as its video."""
    if work == "edit":
        return ()
    if work == "extend":
        return _added_seconds(wish, offer)
    is_pair = work == "image" and wish.picture_count > 1
    return tuple(each for each in offer.seconds if not is_pair or each <= offer.rungs[0].two_frames_seconds_max)


def _added_seconds(wish: Wish, offer: VideoOffer) -> tuple[int, ...]:
    rung = offer.rungs[0]
    if not rung.clip_seconds[0] <= wish.source_seconds <= rung.continued_seconds_max:
        return ()
    room = min(rung.added_seconds_max, rung.whole_seconds_max - wish.source_seconds)
    return tuple(each for each in offer.seconds if each <= room)


def models_for(wish: Wish, models: tuple[VideoName, ...]) -> tuple[VideoName, ...]:
    """Those of these models that can do something with the material."""
    return tuple(model for model in models if works_for(wish, VIDEOS[model]))


def fit(wish: Wish, choice: Choice) -> Choice:
    """The choice with something that its model, or else the default one, can do with the material, as far as it can."""
    if not works_for(wish, choice.offer):
        choice = replace(choice, model=_MODEL)
    offer = choice.offer
    works = works_for(wish, offer)
    work = choice.work if choice.work in works else next(iter(works), _BY_MATERIAL)
    lengths = lengths_for(wish, work, offer) if work else ()
    seconds = max((each for each in lengths if each <= choice.seconds), default=min(lengths, default=choice.seconds))
    ratio = choice.ratio if choice.ratio in offer.ratios else offer.ratios[0]
    size = choice.resolution if choice.resolution in offer.resolutions else offer.resolutions[0]
    return replace(choice, work=work, seconds=seconds, ratio=ratio, resolution=size)


def keep_to_sold(choice: Choice, models: tuple[VideoName, ...]) -> Choice:
    """The choice with the default model in place of one that is not on offer here (any more)."""
    return choice if choice.model in models else replace(choice, model=_MODEL)


def write_choice(choice: Choice) -> tuple[str, ...]:
    """A choice as the arguments of a button."""
    work = choice.work if choice.model == _MODEL else f"{choice.model}{_OF_MODEL}{choice.work}"
    return str(choice.seconds), choice.ratio, choice.resolution, "1" if choice.has_sound else "0", work


def read_choice(arguments: tuple[str, ...]) -> Choice | None:
    """The inverse of `write_choice`; None for a choice that is not (or no longer) offered."""
    seconds, ratio, resolution, sound, last, *_ = (*arguments, "", "", "", "", "")
    named, is_named, work = last.rpartition(_OF_MODEL)
    model = next((each for each in VIDEOS if each == named), None) if is_named else _MODEL
    if model is None:
        return None
    offer = VIDEOS[model]
    lengths = next((each for each in offer.seconds if str(each) == seconds), None)
    shape = next((each for each in offer.ratios if each == ratio), None)
    size = next((each for each in offer.resolutions if each == resolution), None)
    done = next((each for each in VIDEO_WORKS if each == work), _BY_MATERIAL)
    if lengths is None or shape is None or size is None or sound not in _SOUND or done != work:
        return None
    return Choice(lengths, shape, size, _SOUND[sound], done, model)


def choice_for(ratio: Ratio | None) -> Choice:
    """The default choice for a picture of this ratio (None: unknown): a video of the same orientation."""
    if ratio is None:
        return Choice()
    width, height = ratio.split(":")
    return replace(Choice(), ratio="9:16") if int(width) < int(height) else Choice()


def read_shape(words: str, choice: Choice) -> tuple[str, Choice]:
    """Take a shape such as "9:16" out of the text: the remaining text, and the choice with that shape."""
    parsed = parse_prompt(words)
    shape = next((each for each in VIDEO.ratios if each == parsed.ratio), None)
    is_alone = parsed.size is None and parsed.count is None
    return (parsed.text, replace(choice, ratio=shape)) if shape is not None and is_alone else (words, choice)


def choice_of(request: VideoRequest) -> Choice:
    """The choice of an earlier video, as far as it is still offered."""
    seconds = request.seconds if request.seconds in request.offer.seconds else request.offer.seconds[0]
    known = Choice(seconds, request.ratio, request.resolution, request.has_sound, request.work, request.model)
    return read_choice(write_choice(known)) or Choice()


def wish_from(request: VideoRequest) -> Wish:
    """The wish that an earlier video fulfilled; its seed would give the same again."""
    source = request.source
    first = request.pictures[0].ratio if request.pictures and request.parent_id is None else None
    return Wish(
        words=request.prompt,
        pictures=request.pictures,
        parent_id=request.parent_id if source is None else source.job_id,
        source_seconds=0.0 if source is None else source.seconds,
        is_shared=source is not None and source.is_shared,
        shape=first,
        without=request.without,
    )


def seed_for(wish: Wish, choice: Choice) -> int | None:
    """The seed of the wish, if the chosen model takes one."""
    return wish.seed if choice.offer.rungs[0].takes_seed else None


def price_of_choice(wish: Wish, choice: Choice) -> int:
    """The price in credits."""
    return video_credits(_bound(wish, fit(wish, choice)))


def plan_video(wish: Wish, choice: Choice) -> VideoRequest | DeclineReason:
    """The request, or the reason why nobody can have it."""
    choice = fit(wish, choice)
    sizes = [each.size_bytes for each in wish.pictures]
    reason = check_request(wish.words, sizes, wish.picture_count)
    if reason is not None:
        return reason
    if not choice.work:
        return DeclineReason.TOO_MANY_REFERENCES
    is_clip = choice.work in {"edit", "extend"}
    return VideoRequest(
        price=price_of_choice(wish, choice),
        prompt=wish.words,
        seconds=_seconds_made(wish, choice),
        ratio=choice.ratio,
        resolution=choice.resolution,
        bound_usd_micros=_bound(wish, choice),
        has_sound=choice.has_sound,
        picture=next(iter(wish.pictures), None),
        parent_id=None if is_clip else wish.parent_id,
        more=wish.pictures[1:],
        as_references=choice.work == "reference",
        source=_source_of(wish) if is_clip else None,
        continues=choice.work == "extend",
        without=wish.without,
        seed=seed_for(wish, choice),
        model=choice.model,
    )


def _source_of(wish: Wish) -> Source | None:
    return None if wish.parent_id is None else Source(wish.parent_id, wish.source_seconds, wish.is_shared)


def _seconds_made(wish: Wish, choice: Choice) -> int:
    """How much the model makes: the length, what is added, or as much as is changed."""
    return ceil(wish.source_seconds) if choice.work == "edit" else choice.seconds


def _bound(wish: Wish, choice: Choice) -> int:
    seconds, read = _seconds_made(wish, choice), ceil(wish.source_seconds)
    return choice.offer.bound_usd_micros(seconds, choice.resolution, wish.picture_count, read)
