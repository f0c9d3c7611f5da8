"""Showing who did what with a release: in a message, and as a file."""

from shared.ports import Fields, Media, Place, Screen
from shared.release_bot.bot_ports import BotPorts
from shared.release_bot.buttons import Action, Press
from shared.release_bot.card_buttons import label
from shared.release_bot.history import READ_MAX, describe_history, write_history
from shared.release_bot.names import write_release_name
from shared.release_bot.questions import FILE
from shared.release_bot.read_people import Viewer
from shared.releases.release import Release
from shared.releases.release_documents import decode_release, event_key, release_key
from shared.texts import html_text, plain_text

FILED_MAX = 500
"""Events in the file, the newest: one round trip."""


async def show_history(ports: BotPorts, viewer: Viewer, id_: str, press: Press) -> None:
    """Send the newest events, or with the argument `file` all. Raises MessengerErrors, UnavailableError."""
    is_file = press.argument == FILE
    [record] = await ports.releases.store.read([release_key(id_)])
    assert record is not None, "releases are never deleted"
    release = decode_release(record)
    events = await read_events(ports, release, FILED_MAX if is_file else READ_MAX)
    if is_file:
        name = f"{id_.replace('/', '-')}.txt"
        caption = Screen(html_text(viewer.language, "release-history-file", release=write_release_name(id_)))
        await ports.messenger.send_document(Place(viewer.id), Media(write_history(events).encode(), name), caption)
        return
    text = describe_history(viewer.language, id_, release.digest, events)
    file = label(viewer.language, Action.HISTORY, press.nonce, FILE, plain_text(viewer.language, "release-button-file"))
    await ports.send(viewer.id, Screen(text, ((file,),)))


async def read_events(ports: BotPorts, release: Release, count: int) -> list[Fields]:
    """The newest events, the oldest of them first. Raises UnavailableError."""
    last = release.event_count
    numbers = range(max(last - count, 0) + 1, last + 1)
    found = await ports.releases.store.read([event_key(release.id, number) for number in numbers])
    return [each.fields for each in found if each is not None]
