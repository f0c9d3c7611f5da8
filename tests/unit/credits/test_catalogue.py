"""What can be chosen can be made and is priced."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from shared.credits.catalogue import (
    HEARING,
    NANO_BANANA,
    NANO_BANANA_PRO,
    OFFERS,
    RATIOS,
    READING_RUNGS,
    REFERENCES_MAX,
    SIZES,
    SPEECH,
    SUMMARY_RUNGS,
    TALK,
    VIDEO,
    VIDEOS,
    ModelName,
    Ratio,
    Size,
    choose_rungs,
    is_fallback,
    list_rungs,
    nearest_ratio,
    price_of,
    ratio_of,
)
from shared.providers.ladder import Rung
from shared.providers.price_day import set_price_day


@pytest.mark.parametrize("model", OFFERS)
def test_offer(model: ModelName) -> None:
    """Each offer has rungs of its own, prices for all sizes that do not fall, and times to show."""
    offer = OFFERS[model]
    assert len({rung.name for rung in offer.rungs}) == len(offer.rungs) >= 1
    prices = [price_of(model, size) for size in SIZES]
    assert prices == sorted(prices)
    assert prices[0] > 0
    assert 0 < offer.usual_seconds[0] < offer.usual_seconds[1]
    assert set(offer.ratios) <= set(RATIOS)


@pytest.mark.parametrize("model", OFFERS)
def test_the_wanted_model_can_make_what_is_sold(model: ModelName) -> None:
    """The first rung has every size and ratio of its offer; the default one takes as much material as may come."""
    offer = OFFERS[model]
    wanted = offer.rungs[0]
    assert set(offer.prices) <= set(wanted.costs_usd_micros)
    assert set(offer.ratios) <= set(wanted.ratios)
    assert wanted.references_max >= (REFERENCES_MAX if model in {"fast", "best"} else 1)


def test_best_is_never_something_lesser() -> None:
    """A person who paid for the best model does not get another when it is retired."""
    assert OFFERS["best"].rungs == (NANO_BANANA_PRO,)


@pytest.mark.parametrize("model", OFFERS)
def test_what_is_sold_has_a_cost(model: ModelName) -> None:
    """Each rung that can be asked costs something at each size, more for more pixels."""
    for rung in OFFERS[model].rungs:
        costs = [rung.cost_of(size) for size in SIZES]
        assert costs == sorted(costs)
        assert costs[0] > 0


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("model", OFFERS)
def test_a_credit_covers_a_cent(model: ModelName, size: Size) -> None:
    """What the wanted model costs is never more than a US cent for each credit that a picture is sold at."""
    assert OFFERS[model].rungs[0].cost_of(size) <= price_of(model, size) * 10_000


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("model", OFFERS)
def test_no_rung_is_a_loss_unless_asked_for(model: ModelName, size: Size) -> None:
    """The wanted model is always first, and nothing is asked that costs more than it earns."""
    for ratio in OFFERS[model].ratios:
        chosen = choose_rungs(model, size, ratio, 0, dearer_too=False)
        assert chosen[0] == OFFERS[model].rungs[0]
        assert max(each.cost_of(size) for each in chosen) <= price_of(model, size) * 10_000


def test_a_fallback_paints_only_what_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the switch the dearer model follows, but not for a ratio, a size or material that it does not take."""
    assert choose_rungs("fast", "1K", "1:1", 14, dearer_too=False) == (NANO_BANANA,)
    assert choose_rungs("fast", "1K", "1:1", 14, dearer_too=True) == (NANO_BANANA, NANO_BANANA_PRO)
    assert choose_rungs("fast", "1K", "1:8", 0, dearer_too=True) == (NANO_BANANA,)
    small = replace(NANO_BANANA_PRO, costs_usd_micros={"1K": 30_000}, references_max=3)
    monkeypatch.setitem(OFFERS, "fast", replace(OFFERS["fast"], rungs=(NANO_BANANA, small)))
    assert choose_rungs("fast", "1K", "1:1", 3, dearer_too=False) == (NANO_BANANA, small)
    assert choose_rungs("fast", "1K", "1:1", 4, dearer_too=False) == (NANO_BANANA,)
    assert choose_rungs("fast", "2K", "1:1", 0, dearer_too=True) == (NANO_BANANA,)


def test_fallback() -> None:
    """A model of the offer that is not the wanted one is a fallback; a former model is none."""
    found = [is_fallback("fast", NANO_BANANA_PRO.id), is_fallback("fast", NANO_BANANA.id)]
    assert (*found, is_fallback("best", NANO_BANANA_PRO.id), is_fallback("fast", "former")) == (
        True, False, False, False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("model", "wanted", "made"),
    [("fast", "8:1", "8:1"), ("best", "16:9", "16:9"), ("best", "8:1", "21:9"), ("best", "1:8", "9:16")],
)
def test_nearest_ratio(model: ModelName, wanted: Ratio, made: Ratio) -> None:
    """A ratio the model does not paint becomes the one that looks most like it."""
    assert nearest_ratio(model, wanted) == made


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("model", OFFERS)
def test_every_ratio_has_a_neighbour(model: ModelName, ratio: Ratio) -> None:
    """Whatever was chosen before the model was changed, the model paints something."""
    assert nearest_ratio(model, ratio) in OFFERS[model].ratios


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


def test_every_model_is_listed() -> None:
    """No model of the catalogue is left out of what is watched."""
    ladders: list[tuple[Rung, ...]] = [each.rungs for each in OFFERS.values()]
    ladders += [TALK.rungs, HEARING.rungs, SPEECH.rungs, READING_RUNGS, SUMMARY_RUNGS]
    ladders += [each.rungs for each in VIDEOS.values()]
    assert {rung.name for ladder in ladders for rung in ladder} == {rung.name for rung in list_rungs()}
    assert len(list_rungs()) == len({rung.name for rung in list_rungs()})


@pytest.mark.parametrize(("today", "credits_", "cost"), [(date(2027, 2, 28), 4, 33_600), (date(2027, 3, 1), 7, 67_200)])
def test_a_price_changes_on_its_day(monkeypatch: pytest.MonkeyPatch, today: date, credits_: int, cost: int) -> None:
    """Until the day before, people pay the old price and the model costs what it did; from the day on both are new."""
    since = date(2027, 3, 1)
    rung = replace(NANO_BANANA, later_costs=((since, {"1K": 67_200}),))
    dearer = replace(OFFERS["fast"], rungs=(rung,), later_prices=((since, {"1K": 7}),))
    monkeypatch.setitem(OFFERS, "fast", dearer)
    set_price_day(datetime.combine(today, time(), UTC))
    assert (price_of("fast", "1K"), OFFERS["fast"].rungs[0].cost_of("1K")) == (credits_, cost)


def test_a_fallback_is_allowed_by_the_prices_of_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dearer fallback may be asked from the day on which the price pays for it."""
    since = date(2027, 3, 1)
    monkeypatch.setitem(OFFERS, "fast", replace(OFFERS["fast"], later_prices=((since, {"1K": 14}),)))
    for day, rungs in ((28, (NANO_BANANA,)), (31, (NANO_BANANA, NANO_BANANA_PRO))):
        set_price_day(datetime(2027, 2 if day == 28 else 3, day, tzinfo=UTC))
        assert choose_rungs("fast", "1K", "1:1", 0, dearer_too=False) == rungs


@pytest.mark.parametrize(("day", "cost"), [(date(2027, 2, 28), 100_000), (date(2027, 3, 1), 200_000)])
def test_a_video_costs_what_it_does_on_its_day(day: date, cost: int) -> None:
    """The price of a video follows the model's cost on the day."""
    rung = replace(VIDEO.rungs[0], later_costs=((date(2027, 3, 1), {"720p": 200_000}),))
    set_price_day(datetime.combine(day, time(), UTC))
    assert replace(VIDEO, rungs=(rung,)).bound_usd_micros(4, "720p", 0) == 4 * cost
