"""Requests that repeat a picture: unchanged, with one change, or with today's settings."""

from dataclasses import dataclass, replace

from shared.credits.catalogue import nearest_ratio, price_of
from shared.people.users import PictureSettings
from shared.pictures.picture import PictureRequest
from shared.pictures.prompts import Missed, ParsedPrompt
from shared.pictures.request import find_missed


@dataclass(frozen=True, slots=True)
class Change:
    """A request with another format, size or number."""

    request: PictureRequest
    count: int
    missed: tuple[Missed, ...] = ()
    """Unavailable parameters; the request has the nearest ones."""


def repeat(request: PictureRequest, today: PictureSettings) -> PictureRequest:
    """The same request, repeated by a button or a reply, at today's price."""
    price = price_of(request.model, request.size)
    return replace(request, price=price, settings=today, is_repeat=True, is_understood=False)


def follow_settings(request: PictureRequest, today: PictureSettings) -> PictureRequest:
    """The request with today's settings.

    A value that came from the old settings is replaced; one from the words or a picture's shape is kept.
    """
    then = request.settings
    if then is None or request.tool:  # a ready-made change decides on some of them itself
        return request
    model = today.model if request.model == then.model else request.model
    size = today.size if request.size == then.size else request.size
    followed = not request.keeps_shape and request.ratio == nearest_ratio(request.model, then.ratio)
    ratio = nearest_ratio(model, today.ratio if followed else request.ratio)
    return replace(request, model=model, ratio=ratio, size=size, price=price_of(model, size))


def change(request: PictureRequest, parsed: ParsedPrompt) -> Change:
    """The request with the named format, size and number; everything else is kept."""
    changed = replace(
        request,
        ratio=request.ratio if parsed.ratio is None else nearest_ratio(request.model, parsed.ratio),
        size=parsed.size or request.size,
        keeps_shape=request.keeps_shape and parsed.ratio is None,
        seed=request.seed if parsed.ratio or parsed.size else None,  # more of the same seed would be the same
    )
    return Change(changed, parsed.count or 1, find_missed(parsed, changed))
