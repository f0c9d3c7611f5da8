"""The mark that lets a person get a broadcast at most once: it is written before the message is sent.

create the mark ── send ✓ ── mark: sent                                   counted as sent, by whoever passes it
create the mark ── send: 429 ── mark: held ── later: mark: sending ── …   not sent, so it is sent again
create the mark ── send ? (no response, or the worker died)               never again, counted as unclear
"""

from contextlib import suppress

from shared.broadcasts.broadcast import Outcome
from shared.broadcasts.broadcast_documents import create_mark, mark_key
from shared.codec import as_written
from shared.errors import ConflictError, UnavailableError
from shared.ports import Ports, Record, Update

SENDING, HELD = "sending", "held"


async def mark_person(ports: Ports, broadcast_id: str, user_id: int, owner: str) -> Record | Outcome:
    """The mark of a person to whom this worker may send now, or what became of an earlier try.

    `owner`: this worker, which must not have sent to this person before. Raises UnavailableError, also if another
    worker tries a held person at the same moment.
    """
    mark = create_mark(broadcast_id, user_id, owner, ports.clock.now())
    try:
        [version] = await ports.store.commit([mark])
    except ConflictError:
        return await _mark_again(ports, broadcast_id, user_id, owner)
    return as_written(mark, version)


async def note_outcome(ports: Ports, mark: Record, outcome: str) -> None:
    """Store what became of it. If that fails, whoever passes the mark later takes it as unclear."""
    with suppress(ConflictError, UnavailableError):
        await ports.store.commit([Update(mark.key, {"state": outcome}, mark.version)])


async def _mark_again(ports: Ports, broadcast_id: str, user_id: int, owner: str) -> Record | Outcome:
    [known] = await ports.store.read([mark_key(broadcast_id, user_id)])
    if known is None:  # it has expired
        return Outcome.UNCLEAR
    state = known.fields["state"]
    if state == SENDING and known.fields["owner"] == owner:  # the answer to our own commit was lost
        return known
    if state != HELD:
        return next((each for each in Outcome if each.value == state), Outcome.UNCLEAR)
    taken = Update(known.key, {"state": SENDING, "owner": owner}, known.version)
    try:
        [version] = await ports.store.commit([taken])
    except ConflictError as error:  # another worker has just tried: it was told of a 429 too, or has sent it
        raise UnavailableError("another worker tries this person") from error
    return Record(known.key, known.fields | taken.fields, version)
