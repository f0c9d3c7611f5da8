"""What answers at once: the first screen, help, settings, language, balance, /cancel."""

from datetime import datetime

from shared.bot.callbacks import write_callback
from shared.bot.cards import chips
from shared.bot.requests import answer_tap, start_request
from shared.domain.catalogue import COUNTS, MODEL_NAMES, MODELS, SIZES, ModelName, Size, nearest_ratio, price_of
from shared.domain.identity import first_nonce, next_nonce, tap_intent
from shared.domain.jobs import PictureRequest
from shared.domain.ledger import Transfer, TransferKind
from shared.domain.requests import Material
from shared.domain.updates import Message, Tap
from shared.domain.users import LANGUAGES, CancelMark, Language, User, language_of
from shared.flows.cancel_jobs import cancel_all_jobs
from shared.flows.change_setting import save_setting
from shared.flows.documents import decode, last_transfers_of
from shared.flows.request_picture import Wish
from shared.flows.visits import Visit
from shared.ports import Button, Ports, Screen
from shared.texts import html_text, plain_text, unmark

EXAMPLES = (1, 2, 3)
RATIOS_PER_ROW = 5
ENTRIES_SHOWN = 10
TRANSFERS_READ = 2 * ENTRIES_SHOWN
"""A job has two transfers: its hold and its end."""

Buttons = tuple[tuple[Button, ...], ...]


async def show_start(ports: Ports, visit: Visit, message: Message) -> None:
    """One screen with three examples that the welcome credits pay for."""
    if not message.chat.is_private:
        await greet_group(ports, visit)
        return
    nonce = first_nonce(visit.inbox_id)
    text = html_text(visit.language, "start", credits=visit.opened.user.account.available, price=price_of("fast", "1K"))
    await ports.messenger.send_text(visit.place, Screen(text, _example_buttons(visit.language, nonce)))


async def press_example(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Run one of the examples."""
    number, nonce, *_ = (*arguments, "", "")
    if number not in {str(n) for n in EXAMPLES}:
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "old-menu"))
        return
    intent = tap_intent(ports.bot_id, f"start:{tap.chat.id}:{tap.message_id}", number, nonce)
    wish = Wish(plain_text(visit.language, f"example-{number}-prompt"), Material())
    answer = await start_request(ports, visit, intent, wish)
    if isinstance(answer, Screen):
        await answer_tap(ports, tap.query_id, unmark(answer.text), alert=True)
        return
    await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-again" if answer.fresh else "toast-known"))
    renewed = Screen("", _example_buttons(visit.language, next_nonce(nonce)))
    await ports.messenger.edit_buttons(visit.place, tap.message_id, renewed)


async def show_help(ports: Ports, visit: Visit, message: Message) -> None:
    await ports.messenger.send_text(visit.place, Screen(html_text(visit.language, "help")))


async def greet_group(ports: Ports, visit: Visit) -> None:
    """How the bot is used among many people."""
    await ports.messenger.send_text(visit.place, Screen(html_text(visit.language, "group-hello")))


async def show_settings(ports: Ports, visit: Visit, message: Message) -> None:
    await ports.messenger.send_text(visit.place, settings_panel(visit.opened.user, visit.language))


async def show_language(ports: Ports, visit: Visit, message: Message) -> None:
    await ports.messenger.send_text(visit.place, language_panel(visit.opened.user, visit.language))


async def press_setting(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """A choice in one of the two panels, which is shown again as it now stands."""
    name, value, owner, *_ = (*arguments, "", "", "")
    if owner != str(tap.sender.id):
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "not-yours"))
        return
    user = await save_setting(ports, visit.opened, name, value, visit.received_at)
    language = language_of(user, tap.sender.language_code)
    await answer_tap(ports, tap.query_id, plain_text(language, "toast-saved"))
    panel = language_panel if name == "language" else settings_panel
    await ports.messenger.edit_text(visit.place, tap.message_id, panel(user, language))


def settings_panel(user: User, language: Language) -> Screen:
    """Every choice with its current value; each button carries an absolute value."""
    now = user.settings
    ratio = nearest_ratio(now.model, now.ratio)
    request = PictureRequest("", now.model, ratio, now.size, price_of(now.model, now.size) * now.count)
    title, hint = html_text(language, "settings-title"), html_text(language, "settings-hint")
    count = f" · ×{now.count}" if now.count > 1 else ""
    text = "\n".join((title, chips(language, request, is_private=True) + count, hint))

    def choice(name: str, value: str, label: str, *, chosen: bool) -> Button:
        shown = plain_text(language, "chosen", label=label) if chosen else label
        return Button(shown, write_callback("set", name, value, user.id))

    models = tuple(
        choice("model", name, _model_label(language, name, now.size), chosen=name == now.model) for name in MODEL_NAMES
    )
    ratios = [choice("ratio", each, each, chosen=each == ratio) for each in MODELS[now.model].ratios]
    sizes = tuple(choice("size", size, size, chosen=size == now.size) for size in SIZES)
    counts = tuple(choice("count", str(n), f"×{n}", chosen=n == now.count) for n in COUNTS)
    flip = "off" if now.original else "on"
    label = plain_text(language, "settings-original-on" if now.original else "settings-original-off")
    original = choice("original", flip, label, chosen=now.original)
    rows = [tuple(ratios[i : i + RATIOS_PER_ROW]) for i in range(0, len(ratios), RATIOS_PER_ROW)]
    return Screen(text, (*((model,) for model in models), *rows, sizes, counts, (original,)))


def language_panel(user: User, language: Language) -> Screen:
    """Both languages, the one in use marked."""

    def button(choice: Language) -> Button:
        label = plain_text(language, f"language-{choice}")
        shown = plain_text(language, "chosen", label=label) if choice == language else label
        return Button(shown, write_callback("set", "language", choice, user.id))

    return Screen(html_text(language, "language"), (tuple(button(choice) for choice in LANGUAGES),))


async def show_balance(ports: Ports, visit: Visit, message: Message) -> None:
    """Credits and the last entries, newest first."""
    account, language = visit.opened.user.account, visit.language
    found = await ports.store.find(last_transfers_of(message.sender.id, TRANSFERS_READ))
    entries = _entries(language, [decode(Transfer, record.fields) for record in found])
    title = html_text(language, "balance", credits=account.available, held=account.held)
    lines = [*entries, html_text(language, "balance-times")] if entries else [html_text(language, "balance-empty")]
    await ports.messenger.send_text(visit.place, Screen("\n".join([title, "", *lines])))


async def cancel_everything(ports: Ports, visit: Visit, message: Message) -> None:
    """Stop whatever this person still waits for."""
    chat = message.chat
    mark = CancelMark(chat.id, message.message_id, message.sent_at, visit.received_at, is_private=chat.is_private)
    canceled = await cancel_all_jobs(ports, message.sender.id, mark)
    text = html_text(visit.language, "cancel-done", count=len(canceled))
    await ports.messenger.send_text(visit.place, Screen(text))


def _example_buttons(language: Language, nonce: str) -> Buttons:
    return tuple((Button(plain_text(language, f"example-{n}"), write_callback("ex", n, nonce)),) for n in EXAMPLES)


def _model_label(language: Language, name: ModelName, size: Size) -> str:
    return plain_text(language, "settings-model", title=MODELS[name].title, price=price_of(name, size))


def _entries(language: Language, transfers: list[Transfer]) -> list[str]:
    """One line per job or gift: a hold is told only while nothing became of it."""
    ended = {t.job_id for t in transfers if t.kind in {TransferKind.CAPTURE, TransferKind.RELEASE}}
    lines = []
    for transfer in transfers:
        if transfer.kind is TransferKind.HOLD and transfer.job_id in ended:
            continue
        lines.append(_entry(language, transfer))
    return lines[:ENTRIES_SHOWN]


def _entry(language: Language, transfer: Transfer) -> str:
    names = {
        TransferKind.CREDIT: "entry-welcome",
        TransferKind.HOLD: "entry-held",
        TransferKind.CAPTURE: "entry-spent",
        TransferKind.RELEASE: "entry-returned",
    }
    return html_text(
        language, names[transfer.kind], date=_date(transfer.at), credits=transfer.credits, note=transfer.note
    )


def _date(at: datetime) -> str:
    return at.strftime("%d.%m %H:%M")
