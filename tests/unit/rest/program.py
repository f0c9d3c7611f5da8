"""The REST API in a world in memory, and programs with keys that call it."""

from dataclasses import dataclass, replace
from typing import Any

import httpx
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from shared.people.accounts import change_user, open_user
from shared.people.api_keys import SCOPES, ApiKey, hash_secret, with_key, write_token
from shared.people.users import User
from shared.rest_site import RestSite
from tests.world import ME, World

PATH = "/api/v1"
Json = dict[str, Any]
CREDITS = 90
"""Enough for a video, too few for four of the largest pictures."""


@dataclass
class Program:
    """The API, and a program with a key of a person."""

    world: World
    client: httpx.AsyncClient
    token: str
    user_id: int = ME

    async def get(self, path: str, **query: str) -> httpx.Response:
        """A question."""
        return await self.client.get(PATH + path, params=query, headers=self.headers)

    async def post(self, path: str, body: object, key: str = "") -> httpx.Response:
        """A body as JSON, under an idempotency key."""
        more = {"Idempotency-Key": key} if key else {}
        return await self.client.post(PATH + path, json=body, headers=self.headers | more)

    async def put(self, path: str, body: object) -> httpx.Response:
        """A body as JSON, in place of what is there."""
        return await self.client.put(PATH + path, json=body, headers=self.headers)

    async def delete(self, path: str) -> httpx.Response:
        """Away with it."""
        return await self.client.delete(PATH + path, headers=self.headers)

    @property
    def headers(self) -> dict[str, str]:
        """What it proves itself with."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def with_token(self, token: str) -> "Program":
        """Another program of the same machine."""
        return replace(self, token=token)


async def load_program(world: World, webhook_url: str = "") -> Program:
    """The API, called with a key that may do everything, by somebody who has used the bot."""
    await world.give(CREDITS)
    await world.send(world.message("/start"))
    site = RestSite(lambda: world.app_ports, webhook_url)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        response = await site.show(Request(scope, receive))
        await response(scope, receive, send)

    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api.test")
    return Program(world, client, await make_key(world, ME, SCOPES))


async def make_key(world: World, user_id: int, scopes: tuple[str, ...], name: str = "AAAAAAAAAAAAAAAA") -> str:
    """The token of a new key."""
    secret = f"TEST-not-a-real-secret-{name}"
    key = ApiKey(name, world.clock.now(), scopes, hash_secret(secret))

    def add(user: User) -> User | None:
        keys = with_key(user.api_keys, key)
        return None if keys is None else replace(user, api_keys=keys)

    await change_user(world.ports, await open_user(world.ports, user_id), add)
    return write_token(user_id, name, secret)
