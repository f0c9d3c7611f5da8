"""Which program calls, by its key, and writing down that it did.

A call reads one document, that of the key's person: keys stand in it. A key that is wrong makes no new person.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from shared.errors import UnauthenticatedError, UnavailableError
from shared.people.accounts import OpenUser, change_user, open_record, open_user
from shared.people.api_keys import ApiKey, find_key, note_use, read_token
from shared.people.user_documents import decode_user, user_key
from shared.people.users import User
from shared.ports import AppPorts


@dataclass(frozen=True, slots=True)
class RestCall:
    """One call of a program. The person comes from the key and from nowhere else."""

    opened: OpenUser
    key: ApiKey
    parameters: Mapping[str, str] = field(default_factory=dict)
    """The variable parts of the path."""
    query: Mapping[str, str] = field(default_factory=dict)
    """The last of fields of one name."""
    body: Mapping[str, Any] = field(default_factory=dict)
    idempotency_key: str = ""

    @property
    def user_id(self) -> int:
        return self.opened.user.id


async def admit_program(ports: AppPorts, authorization: Sequence[str]) -> RestCall:
    """The caller, by the headers of this name. Raises UnauthenticatedError, BeingErasedError, UnavailableError."""
    kind, _, text = authorization[0].partition(" ") if len(authorization) == 1 else ("", "", "")
    token = read_token(text) if kind.lower() == "bearer" else None
    if token is None:
        raise UnauthenticatedError("no key of the API")
    [record] = await ports.store.read([user_key(token.user_id)])
    keys: tuple[ApiKey, ...] = () if record is None else decode_user(record).api_keys
    key = find_key(keys, token, ports.clock.now())
    if key is None:
        raise UnauthenticatedError("a key that is wrong or gone")
    return RestCall(await open_record(ports, token.user_id, record), key)


async def note_call(ports: AppPorts, call: RestCall) -> None:
    """Write down, once an hour, that the key is used; the call was answered, so nothing depends on it."""
    now, key_id = ports.clock.now(), call.key.id

    def note(user: User) -> User | None:
        keys = note_use(user.api_keys, key_id, now)
        return None if keys is None else replace(user, api_keys=keys)

    if note(call.opened.user) is not None:
        with suppress(UnavailableError):  # also while the person is being erased
            await change_user(ports, await open_user(ports, call.user_id), note)
