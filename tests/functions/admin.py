"""The operators' pages as deployed, in a world in memory, and browsers that keep cookies and send forms."""

from dataclasses import dataclass, replace

import httpx

from shared.miniapp.session import write_form_token
from shared.people.operators import Role
from tests.functions.app import ENV, ORIGIN, SESSION_KEY
from tests.functions.conftest import Load
from tests.world import World

STAFF = {701: Role.ADMIN, 702: Role.VIEWER, 703: Role.FINANCE, 704: Role.SUPPORT}
BOSS, CLERK, HELPER = 701, 703, 704
COOKIE = "__Host-admin"


@dataclass
class Desk:
    """The function, and what an operator does in a browser."""

    world: World
    client: httpx.AsyncClient

    async def ask_code(self, user_id: int) -> str:
        """The code that the bot sends."""
        await self.world.send(self.world.message("/admin", user_id=user_id))
        return str(self.world.shown(user_id).buttons[0][0].url.partition("#")[2])

    async def enter(self, code: str, **headers: str) -> httpx.Response:
        """The form with the code."""
        return await self.client.post("/admin/enter", data={"code": code}, headers={"Origin": ORIGIN} | headers)

    async def sign_in(self, user_id: int) -> str:
        """The session of an operator."""
        answer = await self.enter(await self.ask_code(user_id))
        assert (answer.status_code, answer.headers["Location"]) == (303, "/admin")
        return str(answer.headers["Set-Cookie"]).partition(";")[0].partition("=")[2]

    async def get(self, path: str, session: str) -> httpx.Response:
        self.client.cookies.clear()
        return await self.client.get(path, headers={"Cookie": f"{COOKIE}={session}"})

    async def post(self, path: str, session: str, form: dict[str, str] | None = None, **headers: str) -> httpx.Response:
        """A form of a page of this session."""
        fields = {"form": write_form_token(session, SESSION_KEY.encode())} | (form or {})
        given = {"Cookie": f"{COOKIE}={session}", "Origin": ORIGIN} | headers
        return await self.client.post(path, data=fields, headers=given)


def load_desk(load: Load, world: World, **env: str) -> Desk:
    """The function with the world in place of its ports."""
    function = load("api", ENV | env)
    roles = {user_id: role.value for user_id, role in STAFF.items() if role is not Role.ADMIN}
    world.ports = replace(world.ports, admin_ids=frozenset({BOSS}), admin_roles=roles, mini_app_url=ORIGIN)
    function.module.ports._values.append(replace(world.app_ports, alone_credits_max=100))
    return Desk(world, function.client)
