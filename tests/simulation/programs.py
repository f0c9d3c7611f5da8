"""Programs that use the REST API: they repeat each order until it is answered, also at the same time, with one key.

A key is revoked half way; calls that carry it are refused from then on.
"""

import asyncio
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from shared.credits.catalogue import OFFERS
from shared.errors import NanoBananaError, UnauthenticatedError
from shared.people.accounts import change_user, open_user
from shared.people.api_keys import SCOPES, ApiKey, hash_secret, with_key, without_key, write_token
from shared.people.users import PictureSettings, User
from shared.ports import AppPorts, MediaStore, Ports
from shared.rest.calls import Problem
from shared.rest.orders import order_pictures
from shared.rest.program import admit_program, note_call
from tests.fakes.pictures import FakePictures
from tests.simulation.chaos import KilledError, Life

if TYPE_CHECKING:
    from tests.simulation.world import World

Json = dict[str, Any]
OWNERS = (21, 22, 23, 24)
"""People with credits, who do nothing but let their programs work."""
REVOKED = 22
"""Whose key is revoked."""
REVOKING, AT_ONCE = 0.5, 0.3
"""How often its owner revokes that key instead, and how often a program sends the same call twice at the same time."""
ANOTHER_BODY = 0.1
"""How often it uses an idempotency key for another order."""
REPEATED_SECONDS = (0.5, 20.0)
ALONE_MAX = 40
"""What one operator may give alone on a day."""
UNDER_WAY = timedelta(seconds=5)
"""A call that was let in before its key was revoked may end so much later."""

_USUAL = PictureSettings()
_PRICE = OFFERS[_USUAL.model].prices[_USUAL.size]


@dataclass
class Ordered:
    """What a program wants, and what it was told."""

    user_id: int
    count: int
    told: set[tuple[str, ...]] = field(default_factory=set)
    """The jobs in the answers."""


@dataclass
class Programs:
    """What they do."""

    world: "World"
    orders: dict[str, Ordered] = field(default_factory=dict)
    """By their idempotency keys."""
    revoked_at: datetime | None = None
    shut_out: int = 0
    let_in: list[str] = field(default_factory=list)
    """Calls that were let in although their key was gone."""

    async def make_keys(self) -> None:
        """One for each owner."""
        for user_id in OWNERS:
            key = ApiKey(key_of(user_id), self.world.ports.clock.now(), SCOPES, hash_secret(_secret_of(user_id)))
            await self._change_keys(user_id, key)

    def act(self) -> None:
        """What one of them does now."""
        dice = self.world.dice
        user_id = dice.choice([*OWNERS, REVOKED])
        if user_id == REVOKED and self.revoked_at is None and dice.random() < REVOKING:
            self.world.spawn(self._revoke())
            return
        name = f"order-{len(self.orders)}"
        self.orders[name] = Ordered(user_id, dice.choice([1, 1, 2]))
        for _ in range(2 if dice.random() < AT_ONCE else 1):
            self.world.spawn(self._order(name, self.orders[name].count))
        if dice.random() < ANOTHER_BODY:
            self.world.spawn(self._order(name, 4))

    async def _revoke(self) -> None:
        await self._change_keys(REVOKED, None)
        self.revoked_at = self.world.ports.clock.now()

    async def _change_keys(self, user_id: int, key: ApiKey | None) -> None:
        def change(user: User) -> User | None:
            keys = without_key(user.api_keys, key_of(user_id)) if key is None else with_key(user.api_keys, key)
            return None if keys is None else replace(user, api_keys=keys)

        await change_user(self.world.ports, await open_user(self.world.ports, user_id), change)

    async def _order(self, name: str, count: int) -> None:
        """Send an order until it is answered."""
        ordered = self.orders[name]
        body = {"prompt": f"a fox for {name}", "count": count, "price": count * _PRICE}
        while True:
            sent_at = self.world.ports.clock.now()
            try:
                answer = await self._call(ordered.user_id, name, body)
            except UnauthenticatedError:
                self.shut_out += 1
                return
            except (KilledError, NanoBananaError):
                await asyncio.sleep(self.world.dice.uniform(*REPEATED_SECONDS))
                continue
            except Exception as error:  # noqa: BLE001 — the API answers 500
                self.world.bugs[f"{type(error).__name__}: {error}"] += 1
                return
            if ordered.user_id == REVOKED and self.revoked_at is not None and sent_at > self.revoked_at:
                self.let_in.append(name)
            if not isinstance(answer, Problem):
                ordered.told.add(tuple(each["id"] for each in answer.content["jobs"]))
            return

    async def _call(self, user_id: int, name: str, body: Json) -> Any:
        ports = as_app(self.world.chaos.wrap(self.world.ports, Life()))
        call = await admit_program(ports, [f"Bearer {write_token(user_id, key_of(user_id), _secret_of(user_id))}"])
        answer = await order_pictures(ports, replace(call, body=body, idempotency_key=name))
        await note_call(ports, call)
        return answer


def as_app(ports: Ports) -> AppPorts:
    """The same ports, as `api` has them."""
    given = {each.name: getattr(ports, each.name) for each in fields(Ports)}
    return AppPorts(
        **given, media=cast("MediaStore", ports.blobs), pictures=FakePictures(), alone_credits_max=ALONE_MAX
    )


def key_of(user_id: int) -> str:
    return f"key-of-{user_id}".ljust(16, "A")


def _secret_of(user_id: int) -> str:
    return f"TEST-not-a-real-secret-{user_id}"
