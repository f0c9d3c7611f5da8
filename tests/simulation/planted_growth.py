"""Faults with what is given away that a tired engineer might make; each must be noticed by the simulation."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from shared.credits.bonuses import receive_gift
from shared.credits.ledger import Charge, TakingBack, take_back
from shared.credits.transfer_documents import create_transfer
from shared.growth import book_charges, give_gift, open_gift, redeem_promo, take_due
from shared.growth.book_charges import BookedCharge
from shared.growth.gift import Gift, GiftState, recall
from shared.growth.growth_documents import decode_gift, decode_settlement
from shared.growth.promo_code import PromoCode, find_refusal
from shared.hash_ids import hash_id
from shared.payments import take_payment
from shared.people.users import User
from shared.ports import Record, Store, Update
from tests.simulation.planted_payments import Plant


def gift_is_open_for_ever(patch: pytest.MonkeyPatch) -> None:
    """Whoever opens a link gets the gift, whether somebody has it already or not."""

    def reopen(record: Record) -> Gift:
        return replace(decode_gift(record), state=GiftState.OPEN, receiver_id=0)

    def receive_again(account: Any, user_id: int, gift_id: str, *arguments: Any) -> Any:
        return receive_gift(account, user_id, hash_id(gift_id, user_id), *arguments)

    patch.setattr(open_gift, "decode_gift", reopen)
    patch.setattr(open_gift, "receive_gift", receive_again)


def gift_leaves_no_trace(patch: pytest.MonkeyPatch) -> None:
    """What comes back after its time is not written into the gift."""

    def forget(gift: Gift, now: datetime, *, is_told: bool) -> Gift:
        return replace(recall(gift, now, is_told=is_told), state=GiftState.OPEN)

    patch.setattr(take_due, "recall", forget)


def giver_is_not_told(patch: pytest.MonkeyPatch) -> None:
    """A gift has arrived, and nobody says so."""

    async def say_nothing(*_: Any) -> bool:
        return True

    patch.setattr(take_due, "_tell", say_nothing)


def recalled_gift_is_given_twice(patch: pytest.MonkeyPatch) -> None:
    """Who takes a gift back keeps it, and so does its link."""

    def keep(record: Record, gift: Gift) -> Update:
        return Update(record.key, {"sweeps": gift.sweeps}, record.version)

    patch.setattr(give_gift, "update_gift", keep)


def limit_of_a_code_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A code works for everybody."""

    def overlook(promo: PromoCode, *arguments: Any, **options: Any) -> Any:
        return find_refusal(replace(promo, uses_max=0), *arguments, **options)

    patch.setattr(redeem_promo, "find_refusal", overlook)


def bonus_outlives_its_purchase(patch: pytest.MonkeyPatch) -> None:
    """A return takes the credits of the purchase, and what came on top stays."""

    async def take(_: Store, user: User, charge: Charge, kind: TakingBack, at: datetime) -> BookedCharge:
        account, returned = take_back(user.account, charge, kind, at)
        return BookedCharge(replace(user, account=account), [create_transfer(returned)], returned, 0)

    patch.setattr(take_payment, "take_charge_back", take)


def reward_is_kept_after_a_return(patch: pytest.MonkeyPatch) -> None:
    """A return takes back what the buyer got, and the inviter keeps the reward for nothing; the buyer's is kept too."""

    def forget(record: Record) -> Any:
        return replace(decode_settlement(record), inviter_credits=0, invited_credits=0)

    patch.setattr(book_charges, "decode_settlement", forget)


PLANTED_IN_GROWTH: tuple[Plant, ...] = (
    gift_is_open_for_ever,
    gift_leaves_no_trace,
    giver_is_not_told,
    recalled_gift_is_given_twice,
    limit_of_a_code_is_forgotten,
    bonus_outlives_its_purchase,
    reward_is_kept_after_a_return,
)
