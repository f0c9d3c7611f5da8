"""An operator who is erased is named in no broadcast any more: what was done stays known, by whom does not.

Acts cannot be found by their author, so all broadcasts are read: there are few, and each is kept for a year.
"""

from dataclasses import replace

from shared.broadcasts.broadcast import Broadcast, BroadcastState
from shared.broadcasts.broadcast_documents import broadcasts_before, decode_broadcast
from shared.broadcasts.change_broadcast import OpenBroadcast, change_broadcast
from shared.errors import DocumentUnreadableError
from shared.logs import log_event
from shared.ports import Ports, Record

ERASED = "erased"
"""The author of what an erased person did."""


async def forget_operator(ports: Ports, user_id: int) -> None:
    """Take this person out of all broadcasts. Raises UnavailableError."""
    query = broadcasts_before()
    while page := await ports.store.find(query):
        for record in page:
            await _forget_in(ports, record, user_id)
        query = broadcasts_before(page[-1])


async def _forget_in(ports: Ports, record: Record, user_id: int) -> None:
    try:
        opened = OpenBroadcast(decode_broadcast(record), record)
        await change_broadcast(ports, opened, lambda each: _forget(each, user_id))
    except DocumentUnreadableError as error:  # nobody's erasure waits for it
        log_event("document_unreadable", severity="ERROR", error=error, key=f"broadcasts/{record.key.id}")


def _forget(broadcast: Broadcast, user_id: int) -> Broadcast | None:
    """The broadcast without this operator; None if it does not name them.

    What waits for a second operator is confirmed by nobody any more: else its author could come back and agree.
    """
    own, card = str(user_id), broadcast.card
    acts = tuple(replace(act, by=ERASED) if act.by == own else act for act in broadcast.acts)
    is_confirmed, is_shown = broadcast.confirmed_by == own, card is not None and card.chat_id == user_id
    if acts == broadcast.acts and not (is_confirmed or is_shown):
        return None
    state = broadcast.state
    if is_confirmed and state is BroadcastState.ASKING:
        state = BroadcastState.COUNTED
    confirmed_by = ERASED if is_confirmed else broadcast.confirmed_by
    return replace(broadcast, acts=acts, state=state, confirmed_by=confirmed_by, card=None if is_shown else card)
