"""Documents of people: one each."""

from dataclasses import replace

from shared.codec import decode
from shared.people.links import name_account
from shared.people.users import User
from shared.ports import Key, Record


def user_key(user_id: int) -> Key:
    """One per person."""
    return Key("users", str(user_id))


def decode_user(record: Record) -> User:
    """The user in a record. A missing account id is added here and stored by the next write."""
    user = decode(User, record.fields)
    return replace(user, account=name_account(user.account, user.id))
