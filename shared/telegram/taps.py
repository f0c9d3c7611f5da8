"""Answering a tap, which stops the spinner on its button."""

from contextlib import suppress

from shared.errors import MessengerError
from shared.ports import Ports


async def answer_tap(ports: Ports, query_id: str, toast: str = "", *, alert: bool = False) -> None:
    """Stop the button's spinner; errors are ignored."""
    with suppress(MessengerError):
        await ports.messenger.answer_tap(query_id, toast, alert=alert)
