"""The material that the model gets beside the turns: the conversation's summary and the person's facts. Pure.

It is one line of the user role, in quotes. The instruction calls it material and forbids obeying it.
"""

from collections.abc import Sequence

from shared.conversations.compose_talk import quote

MATERIAL_CHARACTERS_MAX = 6_000
"""More than the parts can have together, so nothing is cut."""


def compose_material(summary: str, facts: Sequence[str]) -> str:
    """The line of material; empty if there is none."""
    told = [f"The person asked you to keep in mind: {fact}" for fact in facts]
    if summary:
        told.append(f"What was said earlier in this conversation, in short: {summary}")
    return quote("\n".join(told), MATERIAL_CHARACTERS_MAX).rstrip()
