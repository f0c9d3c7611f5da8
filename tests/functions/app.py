"""The Mini App as deployed, in a world in memory, and people who open it from a Telegram that signs as the real one."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import httpx

from infra.local.telegram.signing import PUBLIC_KEY, sign_init_data
from tests.functions.conftest import QUEUE, URLS, Load
from tests.world import BOT_ID, ME, World

ORIGIN = "https://api.test"
TOKEN = f"{BOT_ID}:TEST-not-a-real-token"
SESSION_KEY = "test-session-key-not-a-real-one-00"
ENV = (
    QUEUE
    | URLS
    | {
        "MEDIA_BUCKET": "test-media",
        "TELEGRAM_BOT_ID": str(BOT_ID),
        "TELEGRAM_BOT_USERNAME": "our_bot",
        "TELEGRAM_PUBLIC_KEY": PUBLIC_KEY,
        "SESSION_SIGNING_KEY": SESSION_KEY,
    }
)


@dataclass
class App:
    """The function, and what a page in a browser does with it."""

    world: World
    client: httpx.AsyncClient
    sessions: dict[int, str] = field(default_factory=dict)

    def write_init_data(self, user_id: int = ME, **changes: str) -> str:
        """What Telegram opens the app with now; `changes` are other fields, or none where they are empty."""
        person = {"id": user_id, "first_name": "Änn", "language_code": "en", "allows_write_to_pm": True}
        fields = {
            "query_id": "AAHdF6IQAAAAAN0XohDhrOrc",
            "user": json.dumps(person, ensure_ascii=False),
            "auth_date": str(int(self.world.clock.now().timestamp())),
        }
        return sign_init_data({name: value for name, value in (fields | changes).items() if value}, TOKEN)

    async def sign_in(self, content: str | bytes) -> httpx.Response:
        """The call with which a page begins."""
        return await self.client.post("/sign-in", content=content, headers={"Origin": ORIGIN})

    async def open(self, user_id: int = ME) -> str:
        """The session of a person, who signs in at the first time."""
        if user_id not in self.sessions:
            answer = await self.sign_in(self.write_init_data(user_id))
            assert answer.status_code == 200
            self.sessions[user_id] = answer.json()["token"]
        return self.sessions[user_id]

    async def get(self, path: str, user_id: int = ME, **headers: str) -> httpx.Response:
        """A page as this person sees it."""
        session = {"Authorization": f"Bearer {await self.open(user_id)}"}
        return await self.client.get(path, headers=session | headers)

    async def post(
        self, path: str, form: Mapping[str, str] | None = None, user_id: int = ME, **headers: str
    ) -> httpx.Response:
        """A form that this person sends."""
        session = {"Authorization": f"Bearer {await self.open(user_id)}", "Origin": ORIGIN}
        return await self.client.post(path, data=form, headers=session | headers)


def load_app(load: Load, world: World, **env: str) -> App:
    """The function with the world in place of its ports."""
    function = load("api", ENV | env)
    ports = function.module.ports
    ports._values.append(world.app_ports)
    return App(world, function.client)


async def stop_sending() -> AsyncIterator[bytes]:
    """A body that never ends."""
    yield b"r1."
    await asyncio.Event().wait()
