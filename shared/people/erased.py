"""What is remembered of somebody who was erased: that there was such a person, by a keyed hash, and nothing else.

    erased/<HMAC of Telegram's id>               {at}            no second welcome gift
    promo_uses/<HMAC of the code and that id>    {uses}          no second use of a promo code

Without the key nobody can tell whose they are. The first key writes, all keys are tried: whoever replaces a key keeps
the older ones behind it, else the people remembered under them count as new.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from shared.people.links import telegram_link
from shared.ports import Create, Fields, Key, Ports, Record, Update, Write

Keys = Sequence[bytes]


def erased_keys(keys: Keys, user_id: int) -> list[Key]:
    """Where the mark of this person may be, the place for a new one first."""
    return [Key("erased", _sign(key, telegram_link(user_id))) for key in keys]


def use_keys(keys: Keys, code: str, user_id: int) -> list[Key]:
    """Where the use of a promo code by this person, who was erased since, may be; the place for a new one first."""
    return [Key("promo_uses", _sign(key, code, telegram_link(user_id))) for key in keys]


def write_mark(key: Key, stored: Record | None, at: datetime) -> Write:
    """Remember that the person was erased then."""
    fields: Fields = {"at": at}
    return Create(key, fields) if stored is None else Update(key, fields, stored.version)


async def find_erased(ports: Ports, user_id: int) -> datetime | None:
    """When this person was last erased; None if they never were. Raises UnavailableError."""
    marks = await ports.store.read(erased_keys(ports.erasure_keys, user_id))
    return max((mark.fields["at"] for mark in marks if mark is not None), default=None)


def _sign(key: bytes, *parts: str) -> str:
    return hmac.new(key, "\x1f".join(parts).encode(), sha256).hexdigest()
