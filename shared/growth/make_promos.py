"""An operator's batch of promo codes: made once per name, and stopped.

The batch's document holds the secret from which its codes are derived. So the same command again makes what is
missing after a failure, and shows the same codes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.codec import decode, encode
from shared.credits.catalogue import GROWTH
from shared.errors import ConflictError, UnavailableError, UnusableChangeError
from shared.growth.growth_documents import create_promo, promo_key
from shared.growth.promo_code import PromoCode, derive_code, fold_code
from shared.ports import Clock, Create, Ids, Key, Query, Store, Update

CODES_MAX = 10_000
"""In one batch."""
CREDITS_MAX = 1_000
"""Of one code."""
TRIES_MAX = 10
_CHUNK = 200
"""Codes in one commit; Firestore takes 500 writes."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class PromoBatch:
    """What an operator asks for, and the secret behind it."""

    name: str
    count: int
    until: datetime
    """When its codes end."""
    credits: int = 0
    percent: int = 0
    is_for_first_purchase: bool = False
    uses_max: int = 1
    """How many people may use each code; 0: any number."""
    word: str = ""
    """The only code, in the operator's spelling; empty: codes of our making."""
    seed: str = ""
    by: int = 0
    """The operator who made it on the operators' pages, by Telegram's id; 0: it was made by a command."""
    is_waiting: bool = False
    """Another admin has to agree; until then there are no codes."""
    is_stopped: bool = False
    """All its codes were stopped, or nobody agreed to them."""


def batch_key(name: str) -> Key:
    """One per batch."""
    return Key("promo_batches", name)


def batches_ending_before(after: tuple[datetime, str] | None, limit: int) -> Query:
    """A page of batches, those that end last first, after one with this end and name."""
    return Query("promo_batches", (), limit, ("until", "DESCENDING"), after)


def list_codes(batch: PromoBatch, start: int = 0, count: int = CODES_MAX) -> list[str]:
    """So many codes of a batch, from this number on, as `fold_code` writes them; fewer at its end."""
    if batch.word:
        return [fold_code(batch.word)][start : start + count]
    return [derive_code(batch.seed, number) for number in range(start, min(start + count, batch.count))]


async def make_promos(store: Store, clock: Clock, ids: Ids, wanted: PromoBatch) -> list[str]:
    """The codes of a batch, which are there then.

    Raises UnusableChangeError for terms that make no sense or are others than at the first time. After an
    UnavailableError repeat it.
    """
    for fault in find_faults(wanted, clock.now()):
        raise UnusableChangeError(fault)
    batch = await _open_batch(store, replace(wanted, seed=ids.token()))
    codes = list_codes(batch)
    for start in range(0, len(codes), _CHUNK):
        await _create_missing(store, batch, codes[start : start + _CHUNK])
    return codes


async def stop_promo(store: Store, typed: str) -> None:
    """Stop a code: nobody can use it any more. Raises UnusableChangeError if there is none; UnavailableError."""
    code = fold_code(typed)
    for _ in range(TRIES_MAX):
        [record] = await store.read([promo_key(code or "none")])
        if record is None:
            raise UnusableChangeError(f"there is no code {typed}")
        try:
            await store.commit([Update(record.key, {"is_stopped": True}, record.version)])
        except ConflictError:  # somebody used it just now
            continue
        return
    raise UnavailableError(f"lost {TRIES_MAX} rounds")


def find_faults(wanted: PromoBatch, now: datetime) -> Sequence[str]:
    """What makes no sense in an operator's terms."""
    percent_max = GROWTH.purchase_bonus_percent_max
    rules = {
        "a batch's name is a word of small letters, digits and hyphens": _NAME.fullmatch(wanted.name) is not None,
        f"a batch has 1 to {CODES_MAX} codes": 1 <= wanted.count <= CODES_MAX,
        "a code gives either credits or per cent": (wanted.credits > 0) != (wanted.percent > 0),
        f"a code gives at most {CREDITS_MAX} credits": 0 <= wanted.credits <= CREDITS_MAX,
        f"a code gives at most {percent_max} per cent": 0 <= wanted.percent <= percent_max,
        "a code that gives credits needs a limit of people": wanted.uses_max > (0 if wanted.credits else -1),
        "the end has to be in the future": wanted.until > now,
        "a word is 4 to 32 letters and digits, and a batch of it one code": not wanted.word
        or (wanted.count == 1 and fold_code(wanted.word) != ""),
    }
    return [words for words, holds in rules.items() if not holds]


async def _open_batch(store: Store, wanted: PromoBatch) -> PromoBatch:
    """The batch as it was stored first."""
    key = batch_key(wanted.name)
    try:
        await store.commit([Create(key, encode(wanted))])
    except ConflictError:
        [record] = await store.read([key])
        assert record is not None, "batches are never deleted"
        stored = decode(PromoBatch, record.fields)
        if replace(stored, seed=wanted.seed) != wanted:
            raise UnusableChangeError(f"the batch {wanted.name} was made on other terms") from None
        return stored
    return wanted


async def _create_missing(store: Store, batch: PromoBatch, codes: list[str]) -> None:
    for _ in range(TRIES_MAX):
        found = await store.read([promo_key(code) for code in codes])
        others = [each.fields["code"] for each in found if each is not None and each.fields["batch"] != batch.name]
        if others:
            raise UnusableChangeError(f"the code {others[0]} belongs to another batch")
        missing = [code for code, record in zip(codes, found, strict=True) if record is None]
        try:
            await store.commit([create_promo(make_code(batch, code)) for code in missing])
        except ConflictError:  # the same command runs twice
            continue
        return
    raise UnavailableError(f"lost {TRIES_MAX} rounds")


def make_code(batch: PromoBatch, code: str) -> PromoCode:
    """A code on its batch's terms."""
    return PromoCode(
        code=code,
        batch=batch.name,
        until=batch.until,
        credits=batch.credits,
        percent=batch.percent,
        is_for_first_purchase=batch.is_for_first_purchase,
        uses_max=batch.uses_max,
    )
