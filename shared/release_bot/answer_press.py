"""A press of a button: whose it is, what it asks for, and what came of it.

    press ─▶ member of now? ─▶ scope by nonce, theirs? ─▶ still today's state? ─▶ a question, or the step ─▶ card drawn

Every press ends with a word to its person. Nothing that it needs is kept between two presses but in documents.
"""

from contextlib import suppress

from shared.errors import MessageGoneError, MessengerError
from shared.logs import log_event
from shared.people.users import Language
from shared.ports import Screen
from shared.release_bot.answer_roll_back import answer_roll_back
from shared.release_bot.ask_words import ask_words
from shared.release_bot.bot_documents import Asked, decode_scope
from shared.release_bot.bot_ports import BotPorts
from shared.release_bot.buttons import (
    STEERING,
    STEPS,
    Action,
    Press,
    Scope,
    is_theirs,
    make_attempt,
    read_page,
    read_press,
    scope_key,
)
from shared.release_bot.card import CardFacts
from shared.release_bot.outcome_texts import describe_outcome
from shared.release_bot.questions import (
    LEAVE,
    OPEN,
    REASONS,
    WORDS,
    YES,
    ask_abort,
    ask_approval,
    ask_reason,
    ask_start,
    read_reason,
    tell_abort,
)
from shared.release_bot.read_people import Viewer, read_viewer
from shared.release_bot.read_update import Pressed
from shared.release_bot.show_card import open_card, read_facts, redraw_card
from shared.release_bot.show_history import show_history
from shared.release_bot.show_page import show_page
from shared.releases.change_release import change_release
from shared.releases.release import Status
from shared.releases.release_ports import Caller
from shared.texts import plain_text

AT_ONCE = frozenset({Action.TAKE_BACK, Action.PAUSE, Action.GO_ON})
"""Steps that the next press undoes: nobody is asked whether they are sure."""


async def answer_press(ports: BotPorts, pressed: Pressed) -> None:
    """Raises UnavailableError, DocumentUnreadableError, MessengerErrors."""
    if not pressed.is_private:
        await say(ports, pressed, plain_text(pressed.person.language, "release-bot-not-here"), alert=True)
        return
    viewer = await read_viewer(ports, pressed.person)
    if viewer is None:
        await say(ports, pressed, plain_text(pressed.person.language, "release-bot-no-member"), alert=True)
        return
    page = read_page(pressed.data)
    if page is not None:
        await show_page(ports, viewer, page, pressed)
        return
    press = read_press(pressed.data)
    scope = None if press is None else await _read_scope(ports, press.nonce)
    if press is None or scope is None or not is_theirs(scope, viewer.id, ports.releases.clock.now()):
        await say(ports, pressed, plain_text(viewer.language, "release-button-not-yours"), alert=True)
        return
    await _answer(ports, viewer, pressed, press, scope)


async def say(ports: BotPorts, pressed: Pressed, text: str, *, alert: bool = False) -> None:
    """Stop the button's spinner with a word; a courtesy that may fail."""
    with suppress(MessengerError):
        await ports.messenger.answer_tap(pressed.query_id, text, alert=alert)


async def _read_scope(ports: BotPorts, nonce: str) -> Scope | None:
    [record] = await ports.releases.store.read([scope_key(nonce)])
    return decode_scope(record)


async def _answer(ports: BotPorts, viewer: Viewer, pressed: Pressed, press: Press, scope: Scope) -> None:
    if press.action is Action.LOOK:
        await _look(ports, viewer, pressed, press, scope)
    elif press.action is Action.HISTORY:
        await show_history(ports, viewer, scope.release_id, press)
        await say(ports, pressed, "")
    else:
        await _step(ports, viewer, pressed, press, scope)


async def _look(ports: BotPorts, viewer: Viewer, pressed: Pressed, press: Press, scope: Scope) -> None:
    """Today's state in the card, or in a new one."""
    if press.argument == OPEN:
        await open_card(ports, viewer, scope.release_id)
        await say(ports, pressed, "")
        return
    if press.argument == LEAVE:
        words = plain_text(viewer.language, "release-abort-not")
        await ports.edit(viewer.id, pressed.message_id, tell_abort(viewer.language, words, press.nonce))
        await say(ports, pressed, "")
        return
    await _redraw(ports, viewer, scope.release_id, pressed.message_id, is_opened=True)
    await say(ports, pressed, plain_text(viewer.language, "release-toast-fresh"))


async def _step(ports: BotPorts, viewer: Viewer, pressed: Pressed, press: Press, scope: Scope) -> None:
    """Ask what has to be asked, or make the step."""
    facts = await read_facts(ports, scope.release_id)
    reason = read_reason(viewer.language, press.action, press.argument)
    is_steering = press.action in STEERING and facts.release.status is Status.DEPLOYING
    if press.argument == YES or reason:
        await _take_step(ports, viewer, pressed, press, scope, reason)
    elif not is_steering and (facts.release.rev, facts.release.digest) != (scope.rev, scope.digest):
        await _redraw(ports, viewer, scope.release_id, pressed.message_id)
        await say(ports, pressed, plain_text(viewer.language, "release-refused-stale"), alert=True)
    elif press.action in AT_ONCE:
        await _take_step(ports, viewer, pressed, press, scope, reason)
    elif press.action is Action.ROLL_BACK:
        await answer_roll_back(ports, viewer, facts, pressed.message_id, press, scope)
        await say(ports, pressed, "")
    elif press.argument == WORDS:
        await ask_words(ports, viewer, Asked.REASON, press.action, scope)
        await say(ports, pressed, "")
    elif press.action is Action.ABORT:
        await ports.send(viewer.id, ask_abort(viewer.language, facts, press.nonce))
        await say(ports, pressed, "")
    else:
        question = _ask(viewer.language, facts, viewer, press)
        await ports.edit(viewer.id, pressed.message_id, question)
        await say(ports, pressed, "")


def _ask(language: Language, facts: CardFacts, viewer: Viewer, press: Press) -> Screen:
    if press.action in REASONS:
        return ask_reason(language, facts, press.action, press.nonce)
    if press.action is Action.START:
        return ask_start(language, facts, press.nonce)
    return ask_approval(language, facts, viewer.member, press.nonce)


async def _take_step(
    ports: BotPorts, viewer: Viewer, pressed: Pressed, press: Press, scope: Scope, reason: str
) -> None:
    """One attempt, bound to what was on the screen; then today's card, and a word on what came of it."""
    _, decide = STEPS[press.action]
    attempt = make_attempt(scope, press.action, reason)
    outcome = await change_release(ports.releases, Caller(member_id=viewer.id), scope.release_id, attempt, decide)
    text = describe_outcome(
        viewer.language, press.action, outcome.release, outcome.refusal, is_repeat=outcome.is_repeat
    )
    await say(ports, pressed, text, alert=outcome.refusal is not None)
    if press.action is Action.ABORT:
        await ports.edit(viewer.id, pressed.message_id, tell_abort(viewer.language, text, press.nonce))
        return
    await _redraw(ports, viewer, scope.release_id, pressed.message_id)


async def _redraw(ports: BotPorts, viewer: Viewer, id_: str, message_id: int, *, is_opened: bool = False) -> None:
    """Show today's state; a card that is gone is replaced."""
    try:
        await redraw_card(ports, viewer, id_, message_id, is_opened=is_opened)
    except MessageGoneError:
        log_event("release_card_gone", release=id_)
        await open_card(ports, viewer, id_)
