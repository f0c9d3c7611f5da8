"""The buttons for deleting a picture, with a confirmation and a minute for *Undo*."""

from contextlib import suppress

from shared.errors import MessengerError
from shared.jobs.job import JobState
from shared.pictures.cards import deleted_card
from shared.pictures.delete_result import delete_result, restore_result
from shared.pictures.keyboards import delete_buttons
from shared.pictures.press import Press, say, show_buttons, show_home
from shared.ports import Ports
from shared.telegram.address import chat_of, message_ref


async def press_delete(ports: Ports, press: Press) -> None:
    """*Delete*: ask for confirmation in the keyboard."""
    if press.job.state is not JobState.DELIVERED:
        await say(ports, press, "toast-not-done")
        return
    await say(ports, press, "toast-sure")
    await show_buttons(ports, press, delete_buttons(press.job, press.count))


async def press_erase(ports: Ports, press: Press) -> None:
    """*Yes, delete*: remove all messages of this picture except one, which offers *Undo*."""
    job = await delete_result(ports, press.opened, press.count)
    await say(ports, press, "toast-not-done" if job.deleted_at is None else "deleted-now")
    is_own = message_ref(press.tap.chat.id, press.tap.message_id) in chat_of(job).messages
    if not is_own:  # the message of another picture, which has the common keyboard
        await show_home(ports, press, press.count)


async def press_keep(ports: Ports, press: Press) -> None:
    """*Keep*: show the first keyboard again."""
    await say(ports, press, "toast-kept")
    await show_home(ports, press, press.count)


async def press_undo(ports: Ports, press: Press) -> None:
    """*Undo*: restore the picture."""
    job = await restore_result(ports, press.opened, press.tap.message_id, press.count)
    if job.deleted_at is None:
        await say(ports, press, "toast-undone")
        return
    await say(ports, press, "toast-undo-late", alert=True)
    with suppress(MessengerError):
        await ports.messenger.edit_text(press.place, press.tap.message_id, deleted_card(job, press.count))
