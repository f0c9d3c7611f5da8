"""Documents of people: one each."""

from shared.codec import decode
from shared.people.users import User
from shared.ports import Key, Record


def user_key(user_id: int) -> Key:
    """One per person."""
    return Key("users", str(user_id))


def decode_user(record: Record) -> User:
    """A user document."""
    return decode(User, record.fields)
