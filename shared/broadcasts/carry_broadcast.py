"""One task of a broadcast: count or send for one round, then show the operator how far it is."""

from contextlib import suppress

from shared.broadcasts.broadcast import Broadcast, BroadcastState
from shared.broadcasts.broadcast_screens import draw_card
from shared.broadcasts.content import speak
from shared.broadcasts.count_people import count_people
from shared.broadcasts.hold_broadcast import claim_broadcast
from shared.broadcasts.send_people import send_people
from shared.errors import LeaseLostError, MessengerError, UnusableChangeError
from shared.logs import log_event, set_log_context
from shared.ports import Place, Ports
from shared.providers.price_day import set_price_day


async def carry_broadcast(ports: Ports, broadcast_id: str, round_number: int) -> None:
    """Move it by one round. Raises UnavailableError, DocumentUnreadableError; then the task is repeated."""
    set_price_day(ports.clock.now())
    set_log_context(broadcast_id=broadcast_id)
    try:
        held = await claim_broadcast(ports, broadcast_id, round_number)
        if held is None:
            return
        is_sent = held.broadcast.state is BroadcastState.SENDING
        moved = await (send_people if is_sent else count_people)(ports, held)
    except LeaseLostError as error:
        log_event("broadcast_lost", error=error)
    except UnusableChangeError as error:
        log_event("broadcast_missing", severity="WARNING", error=error)
    else:
        progress = moved.broadcast.progress
        log_event("broadcast_moved", state=moved.broadcast.state, read=progress.read, sent=progress.sent)
        await show_card(ports, moved.broadcast)


async def show_card(ports: Ports, broadcast: Broadcast) -> None:
    """Show the operator how far it is; a courtesy that may fail."""
    if (card := broadcast.card) is None:
        return
    with suppress(MessengerError):
        screen = draw_card(broadcast, speak(card.language), ports.clock.now())
        await ports.messenger.edit_text(Place(card.chat_id), card.message_id, screen)
