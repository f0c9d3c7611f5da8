"""The draft behind a button that only the draft's owner may press."""

from collections.abc import Callable

from shared.hash_ids import is_id
from shared.pictures.draft import Draft
from shared.pictures.open_drafts import OpenDraft, open_draft
from shared.ports import Ports
from shared.telegram.taps import toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit


def any_draft(_: Draft) -> bool:
    """For buttons that every draft may have."""
    return True


async def find_pressed_draft(
    ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...], fits: Callable[[Draft], bool] = any_draft
) -> OpenDraft | None:
    """The draft that the button's first argument names; None after a toast, as for jobs. Raises UnavailableError."""
    draft_id = arguments[0] if arguments and is_id(arguments[0]) else ""
    opened = await open_draft(ports, draft_id) if draft_id else None
    if opened is None or not fits(opened.draft):
        await toast(ports, visit, tap, "old-menu")
    elif opened.draft.user_id != tap.sender.id:
        await toast(ports, visit, tap, "not-yours")
    else:
        return opened
    return None
