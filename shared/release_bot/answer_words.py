"""A message to the release bot: the answer to what was asked last, or a wish to see the menu."""

from shared.ports import Screen
from shared.release_bot.ask_words import forget, keep_dialog, read_dialog
from shared.release_bot.bot_documents import Asked, Dialog
from shared.release_bot.bot_ports import BotPorts
from shared.release_bot.buttons import STEPS, Action, make_attempt
from shared.release_bot.main_page import make_menu_row
from shared.release_bot.outcome_texts import describe_outcome
from shared.release_bot.read_people import Viewer
from shared.release_bot.read_update import Said
from shared.release_bot.search_release import search_release
from shared.release_bot.show_card import open_card
from shared.release_bot.show_page import send_page
from shared.release_bot.steer_page import freeze_deployments, hold_releases
from shared.releases.attempt import WORDS_MAX
from shared.releases.change_release import change_release
from shared.releases.release_ports import Caller
from shared.texts import html_text

REASONS = frozenset({Asked.REASON, Asked.HOLD, Asked.FREEZE})
"""Questions whose answers are stored, and read by everybody."""


async def answer_words(ports: BotPorts, viewer: Viewer, said: Said) -> None:
    """Raises UnavailableError, DocumentUnreadableError, MessengerErrors."""
    text = said.text.strip()
    dialog = await read_dialog(ports, viewer.id)
    if dialog.asked is Asked.NOTHING or text.startswith("/"):
        await _leave(ports, viewer, dialog, said)
        return
    if not text:
        await tell(ports, viewer, html_text(viewer.language, "release-words-none"))
        return
    if dialog.asked in REASONS and len(text) > WORDS_MAX:  # the question stays: a shorter answer counts
        await tell(ports, viewer, html_text(viewer.language, "release-refused-too-long"))
        return
    if dialog.asked is Asked.SEARCH:
        await search_release(ports, viewer, text)
    elif dialog.asked is Asked.HOLD:
        await hold_releases(ports, viewer, text)
    elif dialog.asked is Asked.FREEZE:
        await freeze_deployments(ports, viewer, dialog.hours, text)
    elif not await _take_step(ports, viewer, dialog, text):
        return
    await keep_dialog(ports, viewer.id, forget(dialog))


async def _leave(ports: BotPorts, viewer: Viewer, dialog: Dialog, said: Said) -> None:
    """Words that answer no question show the main page; what is no text, and the end of a question, are told so."""
    language = viewer.language
    if dialog.asked is not Asked.NOTHING:
        await keep_dialog(ports, viewer.id, forget(dialog))
    if not said.text:
        await tell(ports, viewer, html_text(language, "release-words-foreign"))
    elif said.text.strip() == "/cancel":
        await tell(ports, viewer, html_text(language, "release-words-stopped"))
    else:
        await send_page(ports, viewer, "main")


async def tell(ports: BotPorts, viewer: Viewer, text: str) -> None:
    """Send a text with a way on."""
    await ports.send(viewer.id, Screen(text, (make_menu_row(viewer.language),)))


async def _take_step(ports: BotPorts, viewer: Viewer, dialog: Dialog, text: str) -> bool:
    """Make the step that the words complete; False: they do not confirm it, and are asked for again."""
    action, scope = Action(dialog.action), dialog.scope
    assert scope is not None, "a step has a scope"
    if dialog.asked is Asked.VERSION and text != dialog.target:
        await tell(ports, viewer, html_text(viewer.language, "release-version-wrong", tag=dialog.target))
        return False
    reason = text if dialog.asked is Asked.REASON else ""
    _, decide = STEPS[action]
    attempt = make_attempt(scope, action, reason, dialog.target)
    outcome = await change_release(ports.releases, Caller(member_id=viewer.id), scope.release_id, attempt, decide)
    words = describe_outcome(viewer.language, action, outcome.release, outcome.refusal, is_repeat=outcome.is_repeat)
    await tell(ports, viewer, html_text(viewer.language, "release-words", words=words))
    await open_card(ports, viewer, scope.release_id, is_opened=False)
    return True
