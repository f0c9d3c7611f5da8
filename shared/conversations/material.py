"""What the model is told beside the words of a conversation: its summary, and what the person asked to remember. Pure.

All of it stands in one line of the person's side, in quotes that the instruction calls material: it gives no orders.
"""

from collections.abc import Sequence

from shared.conversations.compose_talk import quote

MATERIAL_CHARACTERS_MAX = 6_000
"""More than there can be: nothing of it is cut."""


def compose_material(summary: str, facts: Sequence[str]) -> str:
    """That line; empty where there is nothing to tell."""
    told = [f"The person asked you to keep in mind: {fact}" for fact in facts]
    if summary:
        told.append(f"What was said earlier in this conversation, in short: {summary}")
    return quote("\n".join(told), MATERIAL_CHARACTERS_MAX).rstrip()
