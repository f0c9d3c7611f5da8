"""The metadata of a stored sound, which allow to recover its job. Pure."""

from shared.ports import StoredBlob
from shared.providers.ogg_opus import seconds_of
from shared.voices.speech import Sound

MODEL_FACT, GIVEN_FACT, MADE_FACT = "model-id", "tokens-given", "tokens-made"
"""The names of the metadata."""


def facts_of(sound: Sound) -> dict[str, str]:
    """The metadata of a sound."""
    return {
        MODEL_FACT: sound.model_id, GIVEN_FACT: str(sound.tokens_given), MADE_FACT: str(sound.tokens_made)
    }  # fmt: skip


def describe_sound(name: str, stored: StoredBlob, words: str) -> Sound:
    """The sound that an earlier worker stored for these words."""
    facts = stored.facts
    return Sound(
        blob=name,
        size_bytes=len(stored.content),
        seconds=seconds_of(stored.content),
        words=words,
        tokens_given=int(facts.get(GIVEN_FACT, "0")),
        tokens_made=int(facts.get(MADE_FACT, "0")),
        model_id=facts.get(MODEL_FACT, ""),
    )
