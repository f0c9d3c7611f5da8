"""Documents of prompts: one each."""

from shared.codec import decode
from shared.people.library import Prompt
from shared.ports import Key, Record


def prompt_key(prompt_id: str) -> Key:
    """One per prompt."""
    return Key("prompts", prompt_id)


def decode_prompt(record: Record) -> Prompt:
    """The prompt in a record."""
    return decode(Prompt, record.fields)
