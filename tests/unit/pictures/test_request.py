"""Words win over settings, and the price is that of what will be made."""

import pytest

from shared.credits.catalogue import OFFERS, SIZES, ModelName, Ratio, Size, price_of
from shared.jobs.limits import FILE_BYTES_MAX
from shared.people.users import PictureSettings
from shared.pictures.picture import PictureRequest, Reference
from shared.pictures.request import Material, Plan, plan_request, ratio_for
from shared.providers.images import Image
from shared.providers.outcomes import DeclineReason

SETTINGS = PictureSettings(model="best", ratio="3:2", size="2K", count=2, original=True)


def test_settings_decide_what_the_words_leave_open() -> None:
    """Without parameters everything comes from the settings."""
    plan = plan_request("a fox", SETTINGS, Material())
    assert isinstance(plan, Plan)
    assert plan.count == 2
    request = plan.request
    assert (request.prompt, request.model, request.ratio, request.size) == ("a fox", "best", "3:2", "2K")
    assert (request.price, request.original) == (14, True)


def test_words_win() -> None:
    """Parameters in the text change this one request, its price included."""
    plan = plan_request("a fox 16:9 4K x3", SETTINGS, Material())
    assert isinstance(plan, Plan)
    assert plan.count == 3
    assert (plan.request.ratio, plan.request.size, plan.request.price) == ("16:9", "4K", 24)


def test_material_goes_along() -> None:
    """Pictures sent and the version to start from are part of the request."""
    references = (Reference("file-1", 10),)
    plan = plan_request("bluer", PictureSettings(), Material(references, "job-0"))
    assert isinstance(plan, Plan)
    assert (plan.request.references, plan.request.parent_id) == (references, "job-0")


@pytest.mark.parametrize(
    ("words", "model", "kept", "ratio"),
    [
        ("bluer", "fast", "4:3", "4:3"),
        ("bluer 16:9", "fast", "4:3", "16:9"),
        ("bluer", "fast", None, "3:2"),
        ("bluer", "best", "8:1", "21:9"),
    ],
)
def test_shape_is_kept(words: str, model: ModelName, kept: Ratio | None, ratio: Ratio) -> None:
    """Material keeps its shape, as well as the model can, unless the words name another; settings come last."""
    settings = PictureSettings(model=model, ratio="3:2")
    plan = plan_request(words, settings, Material((Reference("f", 1, kept),), ratio=kept))
    assert isinstance(plan, Plan)
    assert plan.request.ratio == ratio


@pytest.mark.parametrize(
    ("words", "material", "reason"),
    [
        ("16:9", Material(), DeclineReason.PROMPT_MISSING),
        ("a fox", Material((Reference("f", FILE_BYTES_MAX + 1),)), DeclineReason.FILE_TOO_LARGE),
        ("a fox", Material((Reference("f", 1),) * 14), None),
        ("a fox", Material((Reference("f", 1),) * 14, "job-0"), DeclineReason.TOO_MANY_REFERENCES),
    ],
)
def test_limits(words: str, material: Material, reason: DeclineReason | None) -> None:
    """Limits hold for what is left of the text; an earlier version counts as a picture."""
    plan = plan_request(words, PictureSettings(), material)
    assert (plan if isinstance(plan, DeclineReason) else None) is reason


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("model", OFFERS)
def test_every_price_is_known(model: ModelName, size: Size) -> None:
    """Whatever can be chosen has a price."""
    assert price_of(model, size) > 0


@pytest.mark.parametrize(
    ("model", "shapes", "keeps_shape", "ratio"),
    [
        ("fast", [(12_000, 300), (10, 10)], True, "8:1"),
        ("best", [(12_000, 300)], True, "21:9"),
        ("fast", [(0, 0)], True, "3:2"),
        ("fast", [], True, "3:2"),
        ("fast", [(12_000, 300)], False, "3:2"),
    ],
)
def test_opened_file_decides_the_shape(
    model: ModelName, shapes: list[tuple[int, int]], ratio: Ratio, *, keeps_shape: bool
) -> None:
    """The first reference's own shape, as well as the model can paint it; without one, what was asked for."""
    request = PictureRequest("bluer", model, "3:2", "1K", price=4, keeps_shape=keeps_shape)
    opened = tuple(Image(b"picture", "image/png", *shape) for shape in shapes)
    assert ratio_for(request, opened) == ratio
