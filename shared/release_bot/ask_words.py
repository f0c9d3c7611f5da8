"""Asking a person for words, and remembering for what: the next message is the answer."""

from dataclasses import replace
from datetime import timedelta

from shared.people.accounts import try_until_won
from shared.ports import Screen
from shared.release_bot.bot_documents import Asked, Dialog, decode_dialog, dialog_key, write_over
from shared.release_bot.bot_ports import BotPorts
from shared.release_bot.buttons import Action, Scope
from shared.release_bot.read_people import Viewer
from shared.texts import html_text, plain_text

ANSWER_KEPT = timedelta(minutes=15)
"""How long the next message counts as the answer."""
_TEXTS = {
    Asked.REASON: "release-ask-reason",
    Asked.VERSION: "release-ask-version",
    Asked.SEARCH: "release-ask-search",
    Asked.HOLD: "release-ask-hold",
    Asked.FREEZE: "release-ask-freeze",
}


async def ask_words(
    ports: BotPorts,
    viewer: Viewer,
    asked: Asked,
    action: Action | None = None,
    scope: Scope | None = None,
    target: str = "",
    hours: int = 0,
) -> None:
    """Send the question. Raises UnavailableError, MessengerErrors."""
    expire_at = ports.releases.clock.now() + ANSWER_KEPT
    dialog = Dialog(asked, "" if action is None else action.value, scope, target, hours, expire_at)
    release = "" if scope is None else scope.release_id.replace("_", " ", 1)
    variables = {"release": release, "tag": target} if asked is Asked.VERSION else {}
    text = html_text(viewer.language, _TEXTS[asked], **variables)
    screen = Screen(text, force_reply=plain_text(viewer.language, "release-ask-placeholder"))
    await ports.send(viewer.id, screen)
    await keep_dialog(ports, viewer.id, dialog)  # after the question: words that nobody asked for decide nothing


async def keep_dialog(ports: BotPorts, telegram_id: int, dialog: Dialog) -> None:
    """Remember what the person is asked now. Raises UnavailableError."""

    async def attempt() -> None:
        [record] = await ports.releases.store.read([dialog_key(telegram_id)])
        await ports.releases.store.commit([write_over(dialog_key(telegram_id), record, dialog)])

    await try_until_won(ports.releases, attempt)


async def read_dialog(ports: BotPorts, telegram_id: int) -> Dialog:
    """What the person is being asked. Raises UnavailableError."""
    [record] = await ports.releases.store.read([dialog_key(telegram_id)])
    return decode_dialog(record, ports.releases.clock.now())


def forget(dialog: Dialog) -> Dialog:
    """Nothing is asked any more."""
    return replace(dialog, asked=Asked.NOTHING, scope=None)
