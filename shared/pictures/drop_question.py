"""*Cancel* under a question about a purchase: the question ends, and nothing is bought."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from shared.errors import MessengerError
from shared.people.accounts import try_until_won
from shared.pictures.draft import DraftState
from shared.pictures.open_drafts import close_of, open_draft
from shared.ports import Place, Ports, Screen
from shared.telegram.taps import toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit


async def drop_question(
    ports: Ports,
    visit: Visit,
    tap: Tap,
    draft_id: str,
    find_bought: Callable[[Ports, str], Awaitable[object | None]],
    dropped: Screen,
) -> None:
    """Close the draft and show `dropped` in its place; if it was bought before, say so. Raises UnavailableError."""

    async def attempt() -> bool:
        opened = await open_draft(ports, draft_id)
        if opened is None or opened.draft.state is not DraftState.ASKING:
            return await find_bought(ports, draft_id) is None
        await ports.store.commit([close_of(opened.draft, opened.record)])
        return True

    if not await try_until_won(ports, attempt):  # what was bought has a *Cancel* of its own
        await toast(ports, visit, tap, "toast-known")
        return
    await toast(ports, visit, tap, "toast-canceled")
    with suppress(MessengerError):
        await ports.messenger.edit_text(Place(tap.chat.id, tap.chat.thread_id), tap.message_id, dropped)
