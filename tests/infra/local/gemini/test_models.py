"""The local Gemini and the catalogue name the same models."""

from infra.local.gemini.models import MODELS, SPEECH_MODELS, SPEECH_VOICES, TEXT_MODELS
from shared.credits.catalogue import OFFERS, SPEECH, TALK, VOICES


def test_every_model_that_is_sold_is_there() -> None:
    """The local Gemini has each rung of the catalogue, in the sizes and ratios that the catalogue sells of it."""
    for rung in (rung for offer in OFFERS.values() for rung in offer.rungs if rung.provider == "gemini"):
        local = MODELS[rung.id]
        assert rung.costs_usd_micros.keys() <= set(local.sizes), rung.id
        assert set(rung.ratios) <= set(local.ratios), rung.id


def test_every_model_that_answers_is_there() -> None:
    """The local Gemini has each model that answers in words."""
    assert {rung.id for rung in TALK.rungs if rung.provider == "gemini"} <= TEXT_MODELS.keys()


def test_every_model_that_speaks_is_there() -> None:
    """The local Gemini has each model that speaks, and each voice that people can choose."""
    assert {rung.id for rung in SPEECH.rungs if rung.provider == "gemini"} <= SPEECH_MODELS.keys()
    assert set(VOICES) <= SPEECH_VOICES
