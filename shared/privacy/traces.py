"""Where a person's documents and files are, and what becomes of each when the person is erased.

    deleted       jobs with their files, conversations, messages, prompts, questions, orders, links, gifts, e-mails, …
    a nobody's    transfers, payments, orders by card, settlements: money stays, the person does not
    emptied       marks of handled updates: without the answer, so that a repeated update stays known; the way from a
                  topic of support to the person; what they did as an operator
    nameless      groups' wallets: what the person gave stays with the group

What was treated is found no more: a visit goes on where the last one died, and writes nothing twice.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from shared.broadcasts.forget_operator import forget_operator
from shared.codec import decode
from shared.credits.bonuses import bonus_back_id, bonus_id, inviter_fact
from shared.credits.wallet import Wallet, forget_person
from shared.errors import ConflictError
from shared.growth.growth_documents import invitation_id, invitation_key
from shared.jobs.wallet_documents import COLLECTION as WALLETS
from shared.jobs.wallet_documents import StoredWallet, write_wallet
from shared.people.erased import use_keys
from shared.people.links import account_id_of, telegram_link
from shared.people.uploads import upload_prefixes
from shared.ports import Create, Delete, Increment, Key, Op, Ports, Query, Record, Write
from shared.ports import Update as Change
from shared.privacy.erasure import Erasure
from shared.support.topic import ERASED
from shared.telegram.answers import forget_answer

PAGE, JOBS_PAGE = 50, 20
"""Documents per commit; a job's files are deleted before its document."""
Forget = Callable[[Ports, Erasure, Record], list[Write]]


@dataclass(frozen=True, slots=True)
class Trace:
    """A collection in which documents name a person, in one field."""

    collection: str
    field: str
    forget: Forget
    """What is written so that this document names them no more."""
    is_ordered: bool = False
    """The index by which it is found ends in `changed_at`."""
    is_list: bool = False
    """The field is a list of people."""

    def of(self, user_id: int) -> Query:
        """The next documents that name this person."""
        limit = JOBS_PAGE if self.collection == "jobs" else PAGE
        where: tuple[tuple[str, Op, int], ...] = ((self.field, "array_contains" if self.is_list else "==", user_id),)
        if self.is_ordered:
            return Query(self.collection, where, limit, ("changed_at", "DESCENDING"))
        return Query(self.collection, where, limit)


def _delete(_: Ports, __: Erasure, record: Record) -> list[Write]:
    return [Delete(record.key, record.version)]


def _pass_on(field: str) -> Forget:
    """The document names the nobody in this field."""
    return lambda _, erasure, record: [Change(record.key, {field: erasure.nobody_id}, record.version)]


def _pass_transfer_on(_: Ports, erasure: Erasure, record: Record) -> list[Write]:
    """A transfer whose id names the person gets another."""
    name, nobody_id = _rename(record.key.id, erasure), erasure.nobody_id
    changed = {"id": name, "user_id": nobody_id, "note": "", "account_id": account_id_of(telegram_link(nobody_id))}
    if name == record.key.id:
        return [Change(record.key, changed, record.version)]
    return [Create(Key("transfers", name), record.fields | changed), Delete(record.key, record.version)]


def _rename(transfer_id: str, erasure: Erasure) -> str:
    """The id of a transfer with the nobody's number in the place of the person's."""
    own = str(erasure.user_id)
    return ":".join(str(erasure.nobody_id) if part == own else part for part in transfer_id.split(":"))


def _pass_order_on(_: Ports, erasure: Erasure, record: Record) -> list[Write]:
    """An order by card without its e-mail and its page; who asks the provider for it needs neither."""
    nobody_id = erasure.nobody_id
    changed = {"user_id": nobody_id, "chat_id": nobody_id, "thread_id": None, "email": "", "url": ""}
    return [Change(record.key, changed, record.version)]


def _pass_entry_on(_: Ports, erasure: Erasure, record: Record) -> list[Write]:
    """An operator's act about the person: what was done and by whom stays, without the words."""
    return [Change(record.key, {"user_id": erasure.nobody_id, "reason": ""}, record.version)]


def _pass_use_on(ports: Ports, erasure: Erasure, record: Record) -> list[Write]:
    """The use of a promo code, under a keyed hash, without the time, which its transfer has too.

    A second one is possible: where the key is missing for a while, whoever comes back counts as new.
    """
    code = record.fields["code"]
    key = use_keys(ports.erasure_keys, code, erasure.user_id)[0]
    return [Increment(key, {"uses": 1}), Delete(record.key, record.version)]


def _uninvite(_: Ports, __: Erasure, record: Record) -> list[Write]:
    """Somebody whom the person had invited came by nobody."""
    return [Change(record.key, {"perks": record.fields["perks"] | {"invited_by": 0}}, record.version)]


def _forget_person(_: Ports, __: Erasure, record: Record) -> list[Write]:
    """Operators who write in the topic are told that it leads to nobody any more."""
    return [Change(record.key, {"user_id": ERASED}, record.version)]


def _empty(_: Ports, __: Erasure, record: Record) -> list[Write]:
    return [forget_answer(record)]


def _leave_wallet(_: Ports, erasure: Erasure, record: Record) -> list[Write]:
    wallet = decode(Wallet, record.fields)
    return [write_wallet(StoredWallet(record.key, wallet, record), forget_person(wallet, erasure.user_id))]


_DELETED = ("messages", "prompts", "drafts", "proposals", "shares", "words", "sendings", "asked_orders", "orders",
            "card_requests", "quarantine", "ratings", "support_topics", "admin_codes", "admin_requests",
            "webhook_events")  # fmt: skip
TRACES = (
    Trace("jobs", "user_id", _delete),
    Trace("conversations", "user_id", _delete, is_ordered=True),
    *(Trace(collection, "user_id", _delete) for collection in _DELETED),
    Trace("gifts", "giver_id", _delete),
    Trace("gifts", "receiver_id", _pass_on("receiver_id")),
    Trace("users", "perks.invited_by", _uninvite),
    Trace("promo_uses", "user_id", _pass_use_on),
    Trace("transfers", "user_id", _pass_transfer_on),
    Trace("payments", "user_id", _pass_on("user_id")),
    Trace("card_orders", "user_id", _pass_order_on),
    Trace("settlements", "user_id", _pass_on("user_id")),
    Trace("settlements", "inviter_id", _pass_on("inviter_id")),
    Trace("support_threads", "user_id", _forget_person),
    Trace("audit_log", "user_id", _pass_entry_on),
    Trace("inbox", "user_id", _empty),
    Trace(WALLETS, "people", _leave_wallet, is_list=True),
)
"""Everything but the person's own document; `tests/unit/privacy/test_erase.py` looks through all of a database."""


async def remove_traces(ports: Ports, erasure: Erasure, until: datetime) -> bool:
    """Treat page by page what names the person; whether nothing is left. Raises UnavailableError."""
    for trace in TRACES:
        while page := await ports.store.find(trace.of(erasure.user_id)):
            if ports.clock.now() >= until:
                return False
            await _forget(ports, erasure, trace, page)
    for prefix in upload_prefixes(erasure.user_id):
        await ports.blobs.delete_all(prefix)
    await _forget_names(ports, erasure)
    await forget_operator(ports, erasure.user_id)
    return True


async def _forget(ports: Ports, erasure: Erasure, trace: Trace, page: list[Record]) -> None:
    if trace.collection == "jobs":
        folders = [f"{folder}/{record.key.id}/" for record in page for folder in ("jobs", "archives")]
        await asyncio.gather(*map(ports.blobs.delete_all, folders))
    with suppress(ConflictError):  # one was changed meanwhile: all of the page are found again
        await ports.store.commit([write for record in page for write in trace.forget(ports, erasure, record)])


async def _forget_names(ports: Ports, erasure: Erasure) -> None:
    """Documents whose ids name the person and whose fields do not: the own link, and the reward of who invited them."""
    facts = inviter_fact(erasure.user_id)
    keys = [Key("transfers", bonus_id(facts)), Key("transfers", bonus_back_id(facts))]
    invitation, *rewards = await ports.store.read([invitation_key(invitation_id(ports.bot_id, erasure.user_id)), *keys])
    writes: list[Write] = [] if invitation is None else [Delete(invitation.key, invitation.version)]
    for record in rewards:
        if record is not None:
            name = _rename(record.key.id, erasure)
            writes += [Create(Key("transfers", name), record.fields | {"id": name}), Delete(record.key, record.version)]
    if writes:
        await ports.store.commit(writes)
