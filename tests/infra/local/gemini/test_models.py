"""The local Gemini and the catalogue name the same models."""

from infra.local.gemini.models import MODELS, TEXT_MODELS
from shared.credits.catalogue import OFFERS, TALK


def test_every_model_that_is_sold_is_there() -> None:
    """The local Gemini has each rung of the catalogue, in the sizes and ratios that the catalogue sells of it."""
    for rung in (rung for offer in OFFERS.values() for rung in offer.rungs if rung.provider == "gemini"):
        local = MODELS[rung.id]
        assert rung.costs_usd_micros.keys() <= set(local.sizes), rung.id
        assert set(rung.ratios) <= set(local.ratios), rung.id


def test_every_model_that_answers_is_there() -> None:
    """The local Gemini has each model that answers in words."""
    assert {rung.id for rung in TALK.rungs if rung.provider == "gemini"} <= TEXT_MODELS.keys()
