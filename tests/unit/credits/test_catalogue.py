"""What can be chosen can be made and is priced."""

import pytest

from shared.credits.catalogue import (
    MODELS,
    RATIOS,
    SIZES,
    ModelName,
    Ratio,
    Size,
    choose_rungs,
    cost_of,
    is_fallback,
    nearest_ratio,
    price_of,
    ratio_of,
)


@pytest.mark.parametrize("model", MODELS)
def test_model(model: ModelName) -> None:
    """Each model has ids of its own, prices for all sizes that do not fall, and times to show."""
    line = MODELS[model]
    assert len({rung.id for rung in line.rungs}) == len(line.rungs) >= 1
    prices = [price_of(model, size) for size in SIZES]
    assert prices == sorted(prices)
    assert prices[0] > 0
    assert 0 < line.usual_seconds[0] < line.usual_seconds[1]
    assert set(line.ratios) <= set(RATIOS)


def test_best_is_never_something_lesser() -> None:
    """Who paid for the best model does not get another when it is retired."""
    assert [rung.id for rung in MODELS["best"].rungs] == ["gemini-3-pro-image"]


@pytest.mark.parametrize("model", MODELS)
def test_what_is_sold_has_a_cost(model: ModelName) -> None:
    """Each provider's id that can be asked costs something at each size, more for more pixels."""
    for rung in MODELS[model].rungs:
        costs = [cost_of(rung.id, size) for size in SIZES]
        assert costs == sorted(costs)
        assert costs[0] > 0


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("model", MODELS)
def test_no_rung_is_a_loss_unless_asked_for(model: ModelName, size: Size) -> None:
    """The wanted model has every ratio and size of its line, and nothing is asked that costs more than it earns."""
    for ratio in MODELS[model].ratios:
        chosen = choose_rungs(model, size, ratio, dearer_too=False)
        assert chosen[0] == MODELS[model].rungs[0].id
        assert max(cost_of(each, size) for each in chosen) <= price_of(model, size) * 10_000


def test_a_dearer_rung_paints_only_what_it_can() -> None:
    """With the switch the dearer model follows, but not for a ratio that it does not have."""
    wanted, dearer = "gemini-nano-banana-2.1", "gemini-3-pro-image"
    assert choose_rungs("fast", "1K", "1:1", dearer_too=False) == (wanted,)
    assert choose_rungs("fast", "1K", "1:1", dearer_too=True) == (wanted, dearer)
    assert choose_rungs("fast", "1K", "1:8", dearer_too=True) == (wanted,)
    assert (is_fallback("fast", dearer), is_fallback("fast", wanted), is_fallback("best", dearer)) == (
        True,
        False,
        False,
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("model", MODELS)
def test_a_credit_covers_a_cent(model: ModelName, size: Size) -> None:
    """What the wanted provider's model costs is never more than a US cent for each credit that a picture is sold at."""
    assert cost_of(MODELS[model].rungs[0].id, size) <= price_of(model, size) * 10_000


def test_cost_of_an_unknown_model() -> None:
    """A figure nobody wrote down is no error: by then the picture is made."""
    assert cost_of("gemini-of-tomorrow", "1K") == 0


@pytest.mark.parametrize(
    ("model", "wanted", "made"),
    [("fast", "8:1", "8:1"), ("best", "16:9", "16:9"), ("best", "8:1", "21:9"), ("best", "1:8", "9:16")],
)
def test_nearest_ratio(model: ModelName, wanted: Ratio, made: Ratio) -> None:
    """A ratio the model does not paint becomes the one that looks most like it."""
    assert nearest_ratio(model, wanted) == made


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("model", MODELS)
def test_every_ratio_has_a_neighbour(model: ModelName, ratio: Ratio) -> None:
    """Whatever was chosen before the model was changed, the model paints something."""
    assert nearest_ratio(model, ratio) in MODELS[model].ratios


@pytest.mark.parametrize(
    ("width", "height", "ratio"),
    [
        (1, 1, "1:1"), (1280, 720, "16:9"), (719, 1280, "9:16"), (1200, 900, "4:3"), (900, 600, "3:2"),
        (10**9, 1, "8:1"), (1, 10**18, "1:8"), (0, 5, None), (5, 0, None), (-3, -2, None),
    ],
)  # fmt: skip
def test_ratio_of(width: int, height: int, ratio: Ratio | None) -> None:
    """Any size of a picture has the ratio that it looks most like; what is no size has none."""
    assert ratio_of(width, height) == ratio


@pytest.mark.parametrize("ratio", RATIOS)
def test_ratio_of_a_picture_of_ours(ratio: Ratio) -> None:
    """A picture of each ratio is recognized, small and rounded as thumbnails are."""
    width, height = (int(side) for side in ratio.split(":"))
    scale = 320 / max(width, height)
    assert ratio_of(round(width * scale), round(height * scale)) == ratio
