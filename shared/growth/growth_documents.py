"""Documents of promo codes, gifts, invitations, and of purchases that have to settle."""

from datetime import datetime, timedelta

from shared.codec import decode, encode
from shared.growth.gift import Gift
from shared.growth.invitation import Invitation
from shared.growth.promo_code import PromoCode
from shared.growth.settlement import Settlement
from shared.hash_ids import hash_id
from shared.jobs.shards import create_sharded, update_sharded
from shared.ports import Create, Increment, Key, Record, Update, Write

KEPT = timedelta(days=400)
"""How long a gift is kept."""
SETTLED_KEPT = timedelta(days=3650)
"""How long a settlement is kept: what a return takes back stands in it, and whoever sold may return a payment late."""


def promo_key(code: str) -> Key:
    """One per code."""
    return Key("promo_codes", code)


def promo_use_key(code: str, user_id: int) -> Key:
    """One per code and person: nobody uses a code twice."""
    return Key("promo_uses", hash_id("promo", code, user_id))


def create_promo(promo: PromoCode) -> Create:
    """The creation of a code; a second one with the same spelling fails."""
    return Create(promo_key(promo.code), encode(promo))


def use_promo(promo: PromoCode, record: Record, user_id: int, now: datetime) -> list[Write]:
    """One person's use of a code. Only a limited number is a precondition: else everybody would wait for each other."""
    use = Create(promo_use_key(promo.code, user_id), {"code": promo.code, "user_id": user_id, "used_at": now})
    if promo.uses_max:
        return [use, Update(record.key, {"used": promo.used + 1}, record.version)]
    return [use, Increment(record.key, {"used": 1})]


def gift_key(gift_id: str) -> Key:
    """One per gift."""
    return Key("gifts", gift_id)


def create_gift(gift: Gift) -> Create:
    """The creation of a gift."""
    made = create_sharded(gift_key(gift.id), gift)
    return Create(made.key, made.fields | {"expire_at": gift.sent_at + KEPT})


def decode_gift(record: Record) -> Gift:
    """The gift in a record."""
    return decode(Gift, record.fields)


def update_gift(record: Record, gift: Gift) -> Update:
    """The update of a gift, with a precondition on the version that was read."""
    return update_sharded(record, gift)


def invitation_id(bot_id: int, user_id: int) -> str:
    """The id of a person's invitation, which is in its link."""
    return hash_id("invitation", bot_id, user_id)


def invitation_key(id_: str) -> Key:
    """One per person who invites."""
    return Key("invitations", id_)


def create_invitation(id_: str, invitation: Invitation) -> Create:
    """The creation of an invitation."""
    return Create(invitation_key(id_), encode(invitation))


def settlement_key(charge_id: str) -> Key:
    """One per purchase."""
    return Key("settlements", charge_id)


def create_settlement(settlement: Settlement) -> Create:
    """The creation of a purchase's settlement."""
    made = create_sharded(settlement_key(settlement.id), settlement)
    return Create(made.key, made.fields | {"expire_at": settlement.paid_at + SETTLED_KEPT})


def decode_settlement(record: Record) -> Settlement:
    """The settlement in a record."""
    return decode(Settlement, record.fields)


def update_settlement(record: Record, settlement: Settlement) -> Update:
    """The update of a settlement, with a precondition on the version that was read."""
    return update_sharded(record, settlement)
