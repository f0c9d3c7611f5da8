"""What stands beside a stored sound: what otherwise only its job's document has. Pure."""

from shared.ports import StoredBlob
from shared.providers.ogg_opus import seconds_of
from shared.voices.speech import Sound

MODEL_FACT, GIVEN_FACT, MADE_FACT = "model-id", "tokens-given", "tokens-made"
"""Metadata of the file."""


def facts_of(sound: Sound) -> dict[str, str]:
    """What is to be written beside it."""
    return {
        MODEL_FACT: sound.model_id, GIVEN_FACT: str(sound.tokens_given), MADE_FACT: str(sound.tokens_made)
    }  # fmt: skip


def describe_sound(name: str, stored: StoredBlob, words: str) -> Sound:
    """A sound that an earlier worker stored, and that says these words."""
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
