"""The settings of a video, as a person chooses them on the review screen. Pure.

Each button carries all settings as absolute values, so repeated or reordered presses have the same result.
"""

from dataclasses import dataclass, replace

from shared.credits.catalogue import VIDEO, video_credits
from shared.jobs.limits import check_request
from shared.pictures.picture import Reference
from shared.pictures.prompts import parse_prompt
from shared.providers.outcomes import DeclineReason
from shared.providers.videos import VideoRatio, VideoResolution
from shared.videos.video import VideoRequest

_SOUND = {"1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Choice:
    """Length, shape, resolution and sound; by default the smallest and shortest on offer."""

    seconds: int = VIDEO.seconds[0]
    ratio: VideoRatio = VIDEO.ratios[0]
    resolution: VideoResolution = VIDEO.resolutions[0]
    has_sound: bool = True


@dataclass(frozen=True, slots=True)
class Wish:
    """The prompt of a video and its first frame: at most one of the two pictures."""

    words: str
    picture: Reference | None = None
    parent_id: str | None = None


def write_choice(choice: Choice) -> tuple[str, ...]:
    """A choice as the arguments of a button."""
    return str(choice.seconds), choice.ratio, choice.resolution, "1" if choice.has_sound else "0"


def read_choice(arguments: tuple[str, ...]) -> Choice | None:
    """The inverse of `write_choice`; None for a choice that is not (or no longer) offered."""
    seconds, ratio, resolution, sound, *_ = (*arguments, "", "", "", "")
    lengths = next((each for each in VIDEO.seconds if str(each) == seconds), None)
    shape = next((each for each in VIDEO.ratios if each == ratio), None)
    size = next((each for each in VIDEO.resolutions if each == resolution), None)
    if lengths is None or shape is None or size is None or sound not in _SOUND:
        return None
    return Choice(lengths, shape, size, _SOUND[sound])


def choice_for(width_to_height: float | None) -> Choice:
    """The default choice for a picture of this ratio (None: unknown): a video of the same orientation."""
    is_upright = width_to_height is not None and width_to_height < 1
    return replace(Choice(), ratio="9:16") if is_upright else Choice()


def read_shape(words: str, choice: Choice) -> tuple[str, Choice]:
    """Take a shape such as "9:16" out of the text: the remaining text, and the choice with that shape."""
    parsed = parse_prompt(words)
    shape = next((each for each in VIDEO.ratios if each == parsed.ratio), None)
    is_alone = parsed.size is None and parsed.count is None
    return (parsed.text, replace(choice, ratio=shape)) if shape is not None and is_alone else (words, choice)


def choice_of(request: VideoRequest) -> Choice:
    """The choice of an earlier video, as far as it is still offered."""
    known = (str(request.seconds), request.ratio, request.resolution, "1" if request.has_sound else "0")
    return read_choice(known) or Choice()


def price_of_choice(choice: Choice, *, has_picture: bool) -> int:
    """The price in credits."""
    return video_credits(_bound(choice, has_picture=has_picture))


def plan_video(wish: Wish, choice: Choice) -> VideoRequest | DeclineReason:
    """The request, or the reason why nobody can have it."""
    sizes = [] if wish.picture is None else [wish.picture.size_bytes]
    has_picture = wish.picture is not None or wish.parent_id is not None
    reason = check_request(wish.words, sizes, int(has_picture))
    if reason is not None:
        return reason
    return VideoRequest(
        price=price_of_choice(choice, has_picture=has_picture),
        prompt=wish.words,
        seconds=choice.seconds,
        ratio=choice.ratio,
        resolution=choice.resolution,
        bound_usd_micros=_bound(choice, has_picture=has_picture),
        has_sound=choice.has_sound,
        picture=wish.picture,
        parent_id=wish.parent_id,
    )


def _bound(choice: Choice, *, has_picture: bool) -> int:
    return VIDEO.bound_usd_micros(choice.seconds, choice.resolution, int(has_picture))
