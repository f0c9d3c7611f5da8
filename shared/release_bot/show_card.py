"""Showing the card of a release: reading what it is drawn from, and keeping each person's one card fresh.

    read facts ─▶ draw ─▶ edit ─▶ read again: newer than what was drawn? ─▶ draw again

Two processes may draw one card at once, and the slower one would leave an older state on it. So whoever has edited
looks once more whether that is still the newest state.
"""

from collections.abc import Callable
from dataclasses import replace

from shared.errors import MessageGoneError, MessengerError
from shared.logs import log_event
from shared.people.accounts import try_until_won
from shared.ports import Place, Screen
from shared.release_bot.bot_documents import Cards, cards_key, create_scope, decode_cards, write_over
from shared.release_bot.bot_ports import BotPorts
from shared.release_bot.buttons import make_scope
from shared.release_bot.card import CardFacts, describe_card
from shared.release_bot.card_buttons import make_rows
from shared.release_bot.read_people import Viewer
from shared.releases.environment import PRODUCTION
from shared.releases.read_case import find_members, read_records
from shared.releases.release import Release
from shared.releases.release_documents import (
    decode_environment,
    decode_release,
    environment_key,
    member_key,
    release_key,
)

REDRAWN_MAX = 3
"""How often one press or task draws a card that keeps changing; whoever changes it draws it too."""


async def read_facts(ports: BotPorts, id_: str) -> CardFacts:
    """In two round trips. Raises UnavailableError, DocumentUnreadableError."""
    store = ports.releases.store
    record, stored = await store.read([release_key(id_), environment_key(PRODUCTION)])
    assert record is not None, "releases are never deleted"
    release, environment = decode_release(record), decode_environment(stored, PRODUCTION)
    live = environment.live.get(release.service_name, "")
    voters = [vote.member_id for vote in release.votes]
    wanted = [member_key(each) for each in voters] + ([release_key(live)] if live else [])
    records = await read_records(ports.releases, wanted)
    members = tuple(find_members(sorted(set(voters)), records))
    found = records.get(release_key(live)) if live else None
    return CardFacts(
        release,
        environment,
        members,
        None if found is None else decode_release(found),
        ports.releases.clock.now(),
    )


async def draw_card(ports: BotPorts, facts: CardFacts, viewer: Viewer, *, is_opened: bool = False) -> Screen:
    """The card with buttons of its own, which are bound to this state and this person. Raises UnavailableError."""
    nonce = await make_nonce(ports, facts.release, viewer.id)
    rows = make_rows(viewer.language, facts, viewer.member, nonce, ports.staging_bot_url, is_opened=is_opened)
    return Screen(describe_card(viewer.language, facts), rows)


async def make_nonce(ports: BotPorts, release: Release, viewer_id: int, targets: tuple[str, ...] = ()) -> str:
    """The nonce of a screen's buttons, stored with what they are bound to. Raises UnavailableError."""
    nonce = ports.releases.ids.token()
    scope = make_scope(release, viewer_id, ports.releases.clock.now(), targets)
    await ports.releases.store.commit([create_scope(nonce, scope)])
    return nonce


async def open_card(ports: BotPorts, viewer: Viewer, id_: str, *, is_opened: bool = True, silent: bool = False) -> None:
    """Send a new card, which becomes the person's one card of the release; the one before loses its buttons.

    Raises MessengerErrors, UnavailableError.
    """
    facts = await read_facts(ports, id_)
    screen = replace(await draw_card(ports, facts, viewer, is_opened=is_opened), is_silent=silent)
    message_id = await ports.send(viewer.id, screen)
    before = await keep_card(ports, id_, viewer.id, message_id)
    if before:
        await strip_card(ports, viewer.id, before)
    if await _is_newer(ports, facts):
        await redraw_card(ports, viewer, id_, message_id)


async def redraw_card(ports: BotPorts, viewer: Viewer, id_: str, message_id: int, *, is_opened: bool = False) -> None:
    """Show today's state in a message. Raises MessengerErrors, UnavailableError."""
    for _ in range(REDRAWN_MAX):
        facts = await read_facts(ports, id_)
        screen = await draw_card(ports, facts, viewer, is_opened=is_opened)
        await ports.edit(viewer.id, message_id, screen)
        if not await _is_newer(ports, facts):
            return


async def _is_newer(ports: BotPorts, drawn: CardFacts) -> bool:
    """Whether the release has changed since it was read for a screen."""
    [record] = await ports.releases.store.read([release_key(drawn.release.id)])
    return record is not None and decode_release(record).event_count != drawn.release.event_count


async def strip_card(ports: BotPorts, chat_id: int, message_id: int) -> None:
    """Take the buttons from a card that is not kept fresh any more; a courtesy that may fail."""
    try:
        await ports.messenger.edit_buttons(Place(chat_id), message_id, Screen(""))
    except MessageGoneError:
        return
    except MessengerError as error:
        log_event("release_card_kept", severity="WARNING", error=error)


async def keep_card(ports: BotPorts, id_: str, viewer_id: int, message_id: int) -> int:
    """Note a person's new card; the message of the one before, 0 if there was none. Raises UnavailableError."""
    before, _ = await change_cards(
        ports, id_, lambda cards: replace(cards, messages=cards.messages | {str(viewer_id): message_id})
    )
    found = before.messages.get(str(viewer_id), 0)
    return 0 if found == message_id else found


async def change_cards(ports: BotPorts, id_: str, change: Callable[[Cards], Cards]) -> tuple[Cards, Cards]:
    """Change what is known of a release's messages: before and after. Raises UnavailableError."""

    async def attempt() -> tuple[Cards, Cards]:
        [record] = await ports.releases.store.read([cards_key(id_)])
        before = decode_cards(record)
        after = change(before)
        await ports.releases.store.commit([write_over(cards_key(id_), record, after)])
        return before, after

    return await try_until_won(ports.releases, attempt)
