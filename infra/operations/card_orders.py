"""Ends orders by card that the bot cannot end alone: disputed ones, refunds, chargebacks.

    export GOOGLE_CLOUD_PROJECT=… YOOKASSA_SHOP_ID=…     or LAVA_OFFERS; docs/deploy.md says where the keys come from
    python -m infra.operations.card_orders VERB …

    list                                 the disputed orders, and what differs
    credit ORDER --paid …                a disputed one: the credits that the paid amount buys
    credit ORDER --ordered …             … or the credits that were ordered
    refund ORDER …                       all that is left goes back
    refund ORDER --amount 49.50 …        … or a part, with its part of the credits
    returned ORDER …                     it was returned in the cabinet of lava.top (--amount too)
    chargeback ORDER …                   the buyer's bank took it back; closes cards for the person
    reopen USER --by=NAME --reason="…"   opens cards again for a person

ORDER is the code that the person was told, or the payment in their receipt. What changes something needs
`--by=NAME --reference=ticket-77 --reason="…"`: a reference takes effect once for each order, so after an unclear
failure say the same again. The bot books what came of it within a minute or two, and tells the person. With --local it
works on the system that `make run` started, else on the project's database FIRESTORE_DATABASE.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from google.auth.exceptions import GoogleAuthError

from infra.functions import FUNCTIONS
from infra.local.options import Options
from infra.local.parts import list_card_settings
from infra.local.ports import read_ports
from infra.operations.documents import name_local_documents, open_documents
from infra.operations.login_token import tell_no_login
from shared.adapters.clock import SystemClock
from shared.adapters.money import read_amount, write_amount
from shared.errors import (
    CallRefusedError,
    CardsByHandError,
    CardsRefusedError,
    CardsUnavailableError,
    UnavailableError,
    UnusableChangeError,
)
from shared.hash_ids import is_id
from shared.payments.card_order import CardOrder
from shared.payments.card_returns import Act
from shared.payments.card_ruling import Wanted, find_differences
from shared.payments.rule_card_order import Desk, Ruled, list_disputed, reopen_cards, rule_card_order
from shared.ports import CardInvoice
from shared.settings import CardSettings, load, read_database
from shared.wiring import make_cards

CREDIT, REOPEN, LIST = "credit", "reopen", "list"
RETURNS = ("refund", "returned", "chargeback")


@asynccontextmanager
async def open_desk(project: str, database: str, settings: CardSettings) -> AsyncIterator[Desk]:
    """What a command works with; closed at the end."""
    store, cards = open_documents(project, database), make_cards(settings)
    try:
        yield Desk(store, SystemClock(), cards)
    finally:
        for each in cards.values():
            await each.close()  # type: ignore[attr-defined]  # the port has no end: `bot` never closes them
        await store.close()


async def carry_out(desk: Desk, words: argparse.Namespace) -> list[str]:
    """The lines for the operator. Raises as the use cases do."""
    if words.verb == LIST:
        found = await list_disputed(desk)
        return [line for each in found for line in describe_disputed(*each)] or ["no disputed orders"]
    if words.verb == REOPEN:
        done = await reopen_cards(desk, words.user, f"{words.by}: {words.reason}")
        return [f"cards are open again for {words.user}" if done else f"cards are not closed for {words.user}"]
    return [describe(await rule_card_order(desk, words.order, read_wanted(words)))]


def read_wanted(words: argparse.Namespace) -> Wanted:
    """The command as the use case takes it."""
    amount, as_ordered = getattr(words, "amount", 0), getattr(words, "as_ordered", False)
    return Wanted(Act(words.verb), words.reference, words.by, words.reason, amount, as_ordered)


def describe_disputed(order: CardOrder, invoice: CardInvoice | None) -> list[str]:
    """An order, what its provider says, and what differs."""
    wanted = f"{order.credits} credits for {write_amount(order.amount)} {order.currency}"
    lines = [
        f"{order.id}  {order.provider} {order.invoice_id}, person {order.user_id}, {order.created_at:%Y-%m-%d %H:%M}"
    ]
    lines.append(f"    ordered: {wanted} ({order.offer})")
    if invoice is None:
        return [*lines, "    the provider does not tell of it now"]
    back = f", {write_amount(invoice.returned)} of it returned" if invoice.returned else ""
    lines.append(f"    provider: {invoice.state}, {write_amount(invoice.amount)} {invoice.currency}{back}")
    lines += [f"    {each}" for each in find_differences(order, invoice)]
    return [*lines, *(f"    {each.act} by {each.by}, {each.reference}: {each.reason}" for each in order.rulings)]


def describe(done: Ruled) -> str:
    """One line for the operator."""
    order, ruling = done.order, done.ruling
    if ruling is None:
        return f"{order.id}: all of it had gone back already; what the books miss of it, the bot books"
    what = f"{ruling.act} of {write_amount(ruling.amount)} {order.currency} ({ruling.reference})"
    if ruling.act is Act.CREDIT:
        what = f"{order.credits} credits for {write_amount(order.amount)} {order.currency} ({ruling.reference})"
    how = "noted" if done.is_new else "was noted before"
    return f"{order.id}: {what} {how}; the bot books it within a minute or two and tells {order.user_id}"


def read_command(words: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="End orders by card that the bot cannot end alone.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    made = {name: verbs.add_parser(name) for name in (LIST, CREDIT, *RETURNS, REOPEN)}
    for name, verb in made.items():
        verb.add_argument("--local", action="store_true", help="in the system that `make run` started")
        if name in {CREDIT, *RETURNS}:
            verb.add_argument("order", type=str.strip, help="the order's code, or the payment in the person's receipt")
            verb.add_argument("--reference", required=True, help="what names this act, such as a ticket's number")
        if name != LIST:
            verb.add_argument("--by", required=True, help="your name: it is kept")
            verb.add_argument("--reason", required=True, help="one line: it is kept")
        if name in {"refund", "returned"}:
            verb.add_argument("--amount", type=_read_amount, default=0, help="49.50; all that is left without it")
    how = made[CREDIT].add_mutually_exclusive_group(required=True)
    how.add_argument("--ordered", dest="as_ordered", action="store_true", help="the credits that were ordered")
    how.add_argument("--paid", dest="as_ordered", action="store_false", help="the credits that the paid amount buys")
    made[REOPEN].add_argument("user", type=int, help="the person's number at Telegram")
    return parser.parse_args([_mark_id(each) for each in (sys.argv[1:] if words is None else words)])


def _mark_id(word: str) -> str:
    """A code may begin with a dash; with a space before it argparse takes it for no option."""
    return f" {word}" if word.startswith("-") and is_id(word) else word


def use_local_system() -> Mapping[str, str]:
    """The variables of the system that `make run` started."""
    options = Options(ports=read_ports(), cards=True)
    os.environ |= name_local_documents()
    return {"GOOGLE_CLOUD_PROJECT": options.project, **list_card_settings(options, FUNCTIONS["bot"])}


def main(words: Sequence[str] | None = None) -> int:
    command = read_command(words)
    environment = use_local_system() if command.local else os.environ
    project = environment.get("GOOGLE_CLOUD_PROJECT")
    if not project:
        sys.exit("card-orders: GOOGLE_CLOUD_PROJECT: not set")
    settings = load(lambda _: CardSettings.read(environment))
    try:
        lines = asyncio.run(_run(project, load(read_database), settings, command))
    except (UnusableChangeError, CardsRefusedError) as error:
        sys.exit(f"card-orders: nothing is changed: {error}")
    except CardsByHandError as error:
        sys.exit(f"card-orders: nothing is changed: {error}; then say `returned` with the same words")
    except GoogleAuthError as error:
        sys.exit(f"card-orders: {tell_no_login(error)}")
    except (UnavailableError, CallRefusedError, CardsUnavailableError) as error:
        sys.exit(f"card-orders: say it again, with the same reference: {' '.join(str(error).split())}")
    for line in lines:  # with words of providers in them
        print("".join(each if each.isprintable() else "?" for each in line))
    return 0


async def _run(project: str, database: str, settings: CardSettings, command: argparse.Namespace) -> list[str]:
    async with open_desk(project, database, settings) as desk:
        return await carry_out(desk, command)


def _read_amount(text: str) -> int:
    try:
        amount = read_amount(text)
    except ValueError:
        amount = 0
    if not amount:
        raise argparse.ArgumentTypeError("an amount above zero, such as 49.50")
    return amount


if __name__ == "__main__":
    sys.exit(main())
