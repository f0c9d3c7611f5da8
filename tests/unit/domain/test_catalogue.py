"""What can be chosen can be made and is priced."""

import pytest

from shared.domain.catalogue import MODELS, RATIOS, SIZES, ModelName, Ratio, nearest_ratio, price_of


@pytest.mark.parametrize("model", MODELS)
def test_model(model: ModelName) -> None:
    """Each model has a fall-back, prices for all sizes that do not fall, and times to show."""
    line = MODELS[model]
    assert len(set(line.model_ids)) == len(line.model_ids) >= 2
    prices = [price_of(model, size) for size in SIZES]
    assert prices == sorted(prices)
    assert prices[0] > 0
    assert 0 < line.usual_seconds[0] < line.usual_seconds[1]
    assert set(line.ratios) <= set(RATIOS)


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
