"""Erasing a person, in visits of `bot` that `sweep` begins; each goes on where the last one died.

    due ── BEGUN ✓ ── what is under way ends (`wind_up.py`) ── one commit: person closed, a nobody, the mark, CLOSED ✓
    workers from before have ended ── traces, page by page (`traces.py`) ── the last word ── one commit: the account is
    the nobody's, person and erasure are gone ✓

While transfers change hands neither account adds up, so the books of both are not judged (`Account.is_moving`). Nothing
else moves the person's credits then: every commit that does has the version of the person's document as precondition.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.codec import decode, encode, update
from shared.errors import ConflictError, MessengerError, TooManyRequestsError
from shared.jobs.check_books import is_checking
from shared.jobs.publish_jobs import publish_due
from shared.logs import log_event
from shared.people.card_settings import CardSettings
from shared.people.erased import erased_keys, write_mark
from shared.people.user_documents import decode_user, user_key
from shared.people.users import User, returned_user
from shared.ports import Create, Delete, Place, Ports, Screen, Write
from shared.privacy.erasure import PAUSE, Erasure, ErasureState, begin, close, is_quiet, is_recent, put_off
from shared.privacy.erasure_documents import StoredErasure, open_erasure
from shared.privacy.traces import remove_traces
from shared.privacy.wind_up import Idle, wind_up
from shared.texts import html_text

NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""Nobody begins then: the true time stands in the mark too, and whoever has its key could tell who it was."""
VISIT = timedelta(seconds=25)
"""After this time no further page is begun; the next task goes on."""


async def take_erasure(ports: Ports, erasure_id: str) -> None:
    """Do what is due; what cannot be done yet is left to the next sweep. Raises UnavailableError."""
    stored, now = await open_erasure(ports, erasure_id), ports.clock.now()
    if stored is None or now < stored.erasure.due_at:
        return
    if not ports.erasure_keys:
        log_event("erasure_without_key", severity="ERROR")  # the person was promised it: set ERASURE_KEY again
        return
    try:
        if stored.erasure.state is not ErasureState.CLOSED:
            await _close(ports, stored)
        elif not is_quiet(stored.erasure, now):
            return
        elif is_recent(stored.erasure, now) and await is_checking(ports.store):
            # The check may have counted the person's transfers already, and would count them once more with the nobody.
            await ports.store.commit([stored.update(put_off(stored.erasure, now + PAUSE))])
        else:
            await _remove(ports, stored, now + VISIT)
    except ConflictError:  # another visit, or the person at the last moment: the next one sees what came of it
        return


async def _close(ports: Ports, stored: StoredErasure) -> None:
    """Raises ConflictError, UnavailableError."""
    begun = begin(stored.erasure)
    [version] = await ports.store.commit([stored.update(begun)])
    stored = StoredErasure(begun, replace(stored.record, version=version))
    idle = await wind_up(ports, begun.user_id)
    if idle is None:
        return
    await ports.store.commit(await _plan_closing(ports, stored, idle))
    log_event("erasure_closed")
    await _tell(ports, begun, "erase-begun")


async def _plan_closing(ports: Ports, stored: StoredErasure, idle: Idle) -> list[Write]:
    """Raises UnavailableError."""
    now, erasure = ports.clock.now(), stored.erasure
    nobody = _mark_moving(returned_user(erasure.nobody_id, NO_TIME), erasure)
    nobody = replace(nobody, card=CardSettings(closed_at=NO_TIME))  # a subscription by card that is paid after all ends
    key = erased_keys(ports.erasure_keys, erasure.user_id)[0]
    [mark] = await ports.store.read([key])
    return [
        update(idle.record, _mark_moving(idle.user, erasure)),
        Create(user_key(nobody.id), encode(nobody)),
        write_mark(key, mark, now),
        stored.update(close(erasure, now)),
    ]


def _mark_moving(user: User, erasure: Erasure) -> User:
    """The person or the nobody while transfers change hands."""
    return replace(user, erased_as=erasure.nobody_id, account=replace(user.account, is_moving=True))


async def _remove(ports: Ports, stored: StoredErasure, until: datetime) -> None:
    """Raises ConflictError, UnavailableError."""
    erasure = stored.erasure
    keys = [user_key(erasure.user_id), user_key(erasure.nobody_id)]
    person, nobody = await ports.store.read(keys)  # first: what is booked after it spoils the commit
    assert person is not None, "only the last commit deletes it, together with the erasure"
    assert nobody is not None, "a nobody stays for ever"
    if not await remove_traces(ports, erasure, until):
        await ports.store.commit([stored.update(put_off(erasure, ports.clock.now() + PAUSE))])
        await publish_due(ports, stored.record.key)
    elif await _tell(ports, erasure, "erase-done"):
        whole = _take_over(decode_user(person), decode(User, nobody.fields))
        await ports.store.commit([update(nobody, whole), Delete(person.key, person.version), stored.delete()])
        log_event("person_erased")


def _take_over(person: User, nobody: User) -> User:
    """The nobody with the person's credits, and with what the tasks of orders by card have yet to stop."""
    own, moved = nobody.account, person.account
    account = replace(
        own, available=own.available + moved.available, taken_back=own.taken_back + moved.taken_back, is_moving=False
    )
    by_card = tuple(each for each in person.subscriptions if each.is_by_card)
    return replace(nobody, account=account, subscriptions=by_card, erased_as=0)


async def _tell(ports: Ports, erasure: Erasure, text_id: str) -> bool:
    """Whether the person need not be told once more: rather twice than never, but nothing waits for one who is gone."""
    try:
        await ports.messenger.send_text(Place(erasure.user_id), Screen(html_text(erasure.language, text_id)))
    except TooManyRequestsError:
        return False
    except MessengerError as error:
        log_event("notice_dropped", severity="WARNING", error=error)
    return True
