"""The balance in the app: credits, what moved them, in sections and pages, and the receipt of each entry.

GET /balance?section=…&until=…      a page; both as the buttons of /balance write them
GET /balance/{number}               the receipt with this number
POST /balance/csv                   all of it as a file, which comes to the chat
POST /promo                         a link that takes a promo code to the chat, where it is used
"""

import re

from shared.credits.receipt_number import number_of
from shared.miniapp.acts import Act, publish_act
from shared.miniapp.calls import Call, Reply
from shared.miniapp.page import Choice, Frame, go_to, greet, show_gone, show_page
from shared.people.users import Language
from shared.ports import AppPorts
from shared.statement.balance_screens import entry_words
from shared.statement.find_page import find_page
from shared.statement.find_receipt import find_receipt
from shared.statement.receipt_screens import receipt_screen
from shared.statement.section import Section, read_place, read_section, write_place
from shared.statement.send_csv import may_send_csv
from shared.texts import plain_text

PROMO = "promo_"
"""The prefix of a /start payload with a promo code."""
_LOOKALIKES = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")
"""Cyrillic letters that a person types for Latin ones: a link has none."""
CODE_CHARACTERS_MAX = 40
"""Telegram's limit for the whole payload is 64."""


async def show_balance(ports: AppPorts, call: Call) -> Reply:
    """A page. Raises UnavailableError."""
    visitor = await greet(ports, call)
    language, section = visitor.language, read_section(call.query.get("section", ""))
    until = read_place(call.query.get("until", ""))
    found = await find_page(ports, call.user_id, section, until)
    newest = f"/balance?section={section.value}"
    back, title = "" if until is None else newest, plain_text(language, "app-tab-balance")
    return show_page(
        visitor,
        "balance.html",
        Frame("balance", title, back, has_balance=False),
        account=visitor.user.account,
        subscribes=bool(visitor.user.subscriptions),
        entries=[(number_of(each), entry_words(language, each, found.jobs)) for each in found.entries],
        choices=_list_sections(language, section),
        newest=back,
        older="" if found.following is None else f"{newest}&until={write_place(found.following)}",
    )


async def show_receipt(ports: AppPorts, call: Call) -> Reply:
    """A receipt. Raises UnavailableError."""
    visitor = await greet(ports, call)
    receipt = await find_receipt(ports, call.user_id, call.parameters["number"])
    if receipt is None:
        return show_gone(visitor, "balance")
    frame = Frame("balance", plain_text(visitor.language, "app-receipt"), "/balance", has_balance=False)
    return show_page(visitor, "receipt.html", frame, words=receipt_screen(receipt, visitor.language).text)


async def send_csv(ports: AppPorts, call: Call) -> Reply:
    """Have the whole statement sent to the chat, as the chat's own button does. Raises UnavailableError."""
    visitor, now = await greet(ports, call), ports.clock.now()
    if not may_send_csv(visitor.user, now):
        return go_to("/balance?said=again")
    await publish_act(ports, Act("csv", call.user_id, "", now))
    return go_to("/balance?said=csv")


async def show_promo(ports: AppPorts, call: Call) -> Reply:
    """The link of a typed promo code: `/start promo_CODE`, which `bot` answers. Raises UnavailableError."""
    visitor = await greet(ports, call)
    code = re.sub(r"[^A-Z0-9_-]", "", call.value("code").upper().translate(_LOOKALIKES))[:CODE_CHARACTERS_MAX]
    if not code:
        return go_to("/balance")
    link = f"https://t.me/{await ports.messenger.username()}?start={PROMO}{code}"
    frame = Frame("balance", plain_text(visitor.language, "app-promo"), "/balance")
    return show_page(visitor, "promo.html", frame, code=code, link=link)


def _list_sections(language: Language, chosen: Section) -> list[Choice]:
    return [
        Choice(
            plain_text(language, f"balance-section-{section.name.lower()}"),
            f"/balance?section={section.value}",
            section is chosen,
        )
        for section in Section
    ]
