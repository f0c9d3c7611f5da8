"""The same picture once more: as it was, with one thing changed, or with today's settings."""

from dataclasses import replace

from shared.domain.catalogue import RATIOS, SIZES, nearest_ratio, price_of
from shared.domain.jobs import PictureRequest
from shared.domain.users import PictureSettings

COUNTS_MORE = {"x2": 2, "x4": 4}


def repeat(request: PictureRequest, today: PictureSettings) -> PictureRequest:
    """The same request, asked for by a button, at today's price."""
    price = price_of(request.model, request.size)
    return replace(request, price=price, settings=today, is_repeat=True)


def follow_settings(request: PictureRequest, today: PictureSettings) -> PictureRequest:
    """The request as today's settings would have it.

    What followed the settings of its day follows those of today; what the words, or a picture's shape, decided stays.
    """
    then = request.settings
    if then is None:
        return request
    model = today.model if request.model == then.model else request.model
    size = today.size if request.size == then.size else request.size
    followed = not request.keeps_shape and request.ratio == nearest_ratio(request.model, then.ratio)
    ratio = nearest_ratio(model, today.ratio if followed else request.ratio)
    return replace(request, model=model, ratio=ratio, size=size, price=price_of(model, size))


def change(request: PictureRequest, change: str) -> tuple[PictureRequest, int] | None:
    """The request with one thing changed, and how many pictures of it; None where there is no such change."""
    if change in COUNTS_MORE:
        return request, COUNTS_MORE[change]
    for ratio in RATIOS:
        if change == ratio and nearest_ratio(request.model, ratio) == ratio:
            return replace(request, ratio=ratio, keeps_shape=False), 1
    for size in SIZES:
        if change == size:
            return replace(request, size=size), 1
    return None
