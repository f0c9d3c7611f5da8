"""The screens of /balance: a page of entries, with sections, pages and the way to receipts. Pure.

    ✅ All entries        💳 Purchases
    🖼 Pictures           🎬 Videos
    💬 Answers            🎁 Bonuses
    ◀️ Newer              Older ▶️
    🧾 Receipts           📄 All as CSV

Each button carries the section and the places of the pages that lead to its own, so an old one does what it says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.credits.bonuses import job_of_cashback
from shared.credits.ledger import Account, Side, Transfer, TransferKind
from shared.credits.receipt_number import number_of
from shared.jobs.job import Job
from shared.payments.shop_screens import RECEIPT
from shared.people.users import Language
from shared.ports import Button, Screen
from shared.statement.entries import Page, change_of
from shared.statement.job_words import name_job, name_kind
from shared.statement.section import TRAIL_MAX, Section, read_place, read_section, write_place
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text, write_short_moment

PAGE, PICK, CSV = "bal", "balpick", "balcsv"
"""The actions of the buttons."""
NUMBERS_PER_ROW = 5
_ENTRIES = {
    TransferKind.CREDIT: "entry-credit",
    TransferKind.HOLD: "entry-held",
    TransferKind.CAPTURE: "entry-spent",
    TransferKind.RELEASE: "entry-returned",
    TransferKind.PURCHASE: "entry-bought",
    TransferKind.REFUND: "entry-refunded",
    TransferKind.CHARGEBACK: "entry-charged-back",
    TransferKind.GIFT: "entry-given",
    TransferKind.CORRECTION: "entry-given",
    TransferKind.BONUS: "entry-bonus",
    TransferKind.BONUS_BACK: "entry-bonus-back",
    TransferKind.SENT: "entry-gift-sent",
    TransferKind.RECEIVED: "entry-gift-received",
    TransferKind.RECALLED: "entry-gift-back",
    TransferKind.DEPOSIT: "entry-wallet-given",
    TransferKind.WITHDRAWAL: "entry-wallet-back",
    TransferKind.GRANT: "entry-wallet-paid",
    TransferKind.REGRANT: "entry-wallet-returned",
}
"""The words of each kind of transfer. A kind without a line here is shown with its sign as another entry."""
_CREDITS = {"credit:daily:": "entry-daily", "credit:welcome:": "entry-welcome"}
"""The beginning of the id of a credit → its words."""
Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class View:
    """What a page shows: a section, and the places of the pages from the newest to this one."""

    section: Section = Section.ALL
    trail: tuple[str, ...] = ()
    """Empty: the newest page. Only the last TRAIL_MAX places are kept."""

    @property
    def until(self) -> datetime | None:
        """The place of the page itself."""
        return read_place(self.trail[-1]) if self.trail else None


def read_view(arguments: Sequence[str]) -> View:
    """The view of a button; the newest page of all entries where it says nothing."""
    section, *trail = (*arguments, "")
    return View(read_section(section), tuple(place for place in trail[: TRAIL_MAX + 1] if read_place(place)))


def balance_screen(account: Account, page: Page, view: View, language: Language) -> Screen:
    """A page with its keyboard; without one where there is nothing to turn to."""
    is_new = not page.entries and view == View()
    lines = [entry_words(language, each, page.jobs) for each in page.entries]
    lines = [*lines, html_text(language, "balance-times")] if lines else [_nothing(language, view)]
    rows: Rows = (*_section_rows(language, view), *_page_row(language, page, view), _ways(language, page, view))
    return Screen("\n".join([_title(language, account), "", *lines]), () if is_new else rows)


def pick_screen(account: Account, page: Page, view: View, language: Language) -> Screen:
    """The same page with numbers, each of which is a button that shows the receipt."""
    numbered = list(enumerate(page.entries, 1))
    lines = [f"{number}. {entry_words(language, each, page.jobs)}" for number, each in numbered]
    numbers = [Button(str(number), write_callback(RECEIPT, number_of(each))) for number, each in numbered]
    rows = [tuple(numbers[start : start + NUMBERS_PER_ROW]) for start in range(0, len(numbers), NUMBERS_PER_ROW)]
    back = _button(language, "button-back", PAGE, view)
    text = "\n".join([_title(language, account), "", *lines, html_text(language, "balance-pick")])
    return Screen(text, (*rows, (back,)))


def entry_words(language: Language, transfer: Transfer, jobs: Mapping[str, Job]) -> str:
    """One line, in HTML. The reason of an operator's change comes from the transfer."""
    name = _text_of(transfer)
    job = jobs.get(transfer.job_id or "")
    note = name_kind(language, transfer.job_kind) if job is None else name_job(language, job)
    if transfer.kind in {TransferKind.GIFT, TransferKind.CORRECTION}:
        note = transfer.note
    date = write_short_moment(language, transfer.at)
    if name == "entry-other":
        return html_text(language, name, date=date, change=_signed(transfer))
    return html_text(language, name, date=date, credits=transfer.credits, note=note)


def _text_of(transfer: Transfer) -> str:
    if job_of_cashback(transfer.id):
        return "entry-cashback"
    if transfer.kind is TransferKind.CREDIT:
        return next((text for start, text in _CREDITS.items() if transfer.id.startswith(start)), "entry-credit")
    if transfer.kind is TransferKind.CORRECTION and transfer.source is Side.AVAILABLE:
        return "entry-taken"
    return _ENTRIES.get(transfer.kind, "entry-other")


def _signed(transfer: Transfer) -> str:
    """The credits with their sign where they came or went."""
    change, _ = change_of(transfer)
    return f"{'+' if change > 0 else '−' if change < 0 else ''}{transfer.credits}"


def _title(language: Language, account: Account) -> str:
    return html_text(language, "balance", credits=account.available, held=account.held)


def _nothing(language: Language, view: View) -> str:
    return html_text(language, "balance-empty" if not view.trail else "balance-end")


def _section_rows(language: Language, view: View) -> Rows:
    def button(section: Section) -> Button:
        label = plain_text(language, f"balance-section-{section.name.lower()}")
        shown = plain_text(language, "chosen", label=label) if section is view.section else label
        return Button(shown, _data(PAGE, View(section)))

    buttons = [button(section) for section in Section]
    return tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))


def _page_row(language: Language, page: Page, view: View) -> Rows:
    newer = replace(view, trail=view.trail[:-1])
    row = [_button(language, "button-balance-newer", PAGE, newer)] if view.trail else []
    if page.following is not None:
        older = replace(view, trail=(*view.trail, write_place(page.following))[-TRAIL_MAX:])
        row.append(_button(language, "button-balance-older", PAGE, older))
    return (tuple(row),) if row else ()


def _ways(language: Language, page: Page, view: View) -> tuple[Button, ...]:
    pick = (_button(language, "button-balance-pick", PICK, view),) if page.entries else ()
    return (*pick, Button(plain_text(language, "button-balance-csv"), write_callback(CSV)))


def _button(language: Language, text_id: str, action: str, view: View) -> Button:
    return Button(plain_text(language, text_id), _data(action, view))


def _data(action: str, view: View) -> str:
    return write_callback(action, view.section.value, *view.trail)
