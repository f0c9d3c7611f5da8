"""Telling people what has happened to a release, and keeping their cards fresh: the lane of messages of its outbox.

A card is an edit, so twice is once. A notice is a send: `Cards.told` remembers whom it has reached, so a task that died
halfway goes on where it stopped, and one person at most hears of it twice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from shared.errors import (
    BotBlockedError,
    MessageGoneError,
    MessageRejectedError,
    MessengerError,
    PlaceRefusedError,
    UnavailableError,
)
from shared.logs import log_event
from shared.ports import Button, Fields, Screen
from shared.release_bot.bot_documents import Cards, cards_key, decode_cards
from shared.release_bot.bot_ports import BotPorts
from shared.release_bot.buttons import Action
from shared.release_bot.card_buttons import label
from shared.release_bot.names import is_link
from shared.release_bot.notice import describe_notice, find_topic, is_silent, wants
from shared.release_bot.questions import OPEN
from shared.release_bot.read_people import Audience, Viewer, read_audience, read_reader
from shared.release_bot.show_card import change_cards, make_nonce, open_card, redraw_card
from shared.release_bot.stuck_notice import is_stuck, tell_stuck, tell_unheard
from shared.releases.actor import Permission
from shared.releases.release import Outgoing, OutgoingKind, Release, Status
from shared.releases.release_documents import event_key
from shared.texts import html_text, plain_text

LOOKED_BACK = 12
"""Events before the one that is told, for how long a way back took."""
LOST = (BotBlockedError, PlaceRefusedError, MessageGoneError, MessageRejectedError)
"""After these errors another try does not help: the person has left the bot, or deleted the message."""
Warn = Callable[[BotPorts, Release, Viewer], Awaitable[None]]
"""Says what else is wrong to a person whom it concerns. Raises MessengerErrors."""


class MessageSender:
    """Sends notices and cards. `send` raises UnavailableError: again later."""

    def __init__(self, ports: BotPorts) -> None:
        self._ports = ports

    async def send(self, release: Release, outgoing: Outgoing) -> None:
        audience = await read_audience(self._ports)
        try:
            if outgoing.kind is OutgoingKind.NOTICE:
                await _tell_all(self._ports, release, outgoing.event_number, audience)
            else:
                await _refresh_all(self._ports, release, audience.viewers)
        except MessengerError as error:
            raise UnavailableError(f"Telegram: {type(error).__name__}") from error


async def _tell_all(ports: BotPorts, release: Release, number: int, audience: Audience) -> None:
    """Tell everybody of one event who wants to know, one after another: each is noted before the next."""
    first = max(number - LOOKED_BACK, 1)
    keys = [cards_key(release.id), *(event_key(release.id, each) for each in range(first, number + 1))]
    stored, *found = await ports.releases.store.read(keys)
    events = [each.fields for each in found if each is not None]
    told = decode_cards(stored).told
    is_candidate = bool(events) and events[-1].get("target") == Status.MANUAL_TESTING.value
    warnings = [tell_stuck] if is_candidate and await is_stuck(ports, release, audience.viewers) else []
    warnings += [tell_unheard] if is_candidate and not audience.is_whole else []
    for viewer in audience.viewers:
        if events and told.get(str(viewer.id), 0) < number and wants(viewer.preferences, find_topic(events[-1])):
            await _tell(ports, release, viewer, events)
            for warn in warnings:
                await _warn(ports, release, viewer, warn)
            await change_cards(ports, release.id, lambda cards, to=str(viewer.id): _note(cards, to, number))  # type: ignore[misc]


def _note(cards: Cards, telegram_id: str, number: int) -> Cards:
    return replace(cards, told=cards.told | {telegram_id: max(number, cards.told.get(telegram_id, 0))})


async def _tell(ports: BotPorts, release: Release, viewer: Viewer, events: Sequence[Fields]) -> None:
    """A card to those who decide on a candidate; to everybody else a line with a button that opens it."""
    event = events[-1]
    silent = is_silent(viewer.preferences, find_topic(event), ports.releases.clock.now())
    is_candidate = event.get("target") == Status.MANUAL_TESTING.value and release.status is Status.MANUAL_TESTING
    try:
        if is_candidate and viewer.member.actor.may(Permission.APPROVE):
            await open_card(ports, viewer, release.id, is_opened=False, silent=silent)
            return
        await ports.send(viewer.id, await _draw_notice(ports, release, viewer, events, silent))
    except LOST as error:
        log_event("release_notice_lost", severity="WARNING", release=release.id, error=error)


async def _warn(ports: BotPorts, release: Release, viewer: Viewer, warn: Warn) -> None:
    try:
        await warn(ports, release, viewer)
    except LOST as error:
        log_event("release_notice_lost", severity="WARNING", release=release.id, error=error)


async def _draw_notice(
    ports: BotPorts,
    release: Release,
    viewer: Viewer,
    events: Sequence[Fields],
    silent: bool,  # noqa: FBT001
) -> Screen:
    language = viewer.language
    nonce = await make_nonce(ports, release, viewer.id)
    row = [label(language, Action.LOOK, nonce, OPEN, plain_text(language, "release-button-open"))]
    link = str((events[-1].get("evidence") or {}).get("log_link") or "")
    if is_link(link):
        row.append(Button(plain_text(language, "release-button-log"), url=link))
    text = describe_notice(language, release, events[-1], events[:-1])
    return Screen(text, (tuple(row),), is_silent=silent)


async def _refresh_all(ports: BotPorts, release: Release, audience: Sequence[Viewer]) -> None:
    """Draw every card anew, and give one to those who can stop a running deployment."""
    [stored] = await ports.releases.store.read([cards_key(release.id)])
    messages, viewers = decode_cards(stored).messages, {str(each.id): each for each in audience}
    work = [_refresh(ports, release.id, to, message, viewers.get(to)) for to, message in messages.items()]
    if release.status is Status.DEPLOYING:
        watching = (each for each in audience if each.member.actor.may(Permission.ABORT))
        work += [_follow(ports, release.id, each) for each in watching if str(each.id) not in messages]
    results = await asyncio.gather(*work, return_exceptions=True)
    failed = [each for each in results if isinstance(each, BaseException)]
    if failed:
        raise failed[0]


async def _refresh(ports: BotPorts, id_: str, to: str, message_id: int, viewer: Viewer | None) -> None:
    """Draw the card of somebody who may see it, or close that of a removed member in their language.

    `viewer` is None for whoever is not in the audience: removed, or in a team that is too large.
    """
    try:
        language, viewer = await read_reader(ports, int(to)) if viewer is None else (viewer.language, viewer)
        if viewer is not None:
            await redraw_card(ports, viewer, id_, message_id)
            return
        text = html_text(language, "release-card-closed")
        await ports.edit(int(to), message_id, Screen(text))
    except LOST as error:
        log_event("release_card_lost", severity="WARNING", release=id_, error=error)
    await change_cards(ports, id_, lambda cards: _drop(cards, to, message_id))


def _drop(cards: Cards, to: str, message_id: int) -> Cards:
    kept = {each: message for each, message in cards.messages.items() if (each, message) != (to, message_id)}
    return replace(cards, messages=kept)


async def _follow(ports: BotPorts, id_: str, viewer: Viewer) -> None:
    try:
        await open_card(ports, viewer, id_, is_opened=False, silent=True)
    except LOST as error:
        log_event("release_notice_lost", severity="WARNING", release=id_, error=error)
