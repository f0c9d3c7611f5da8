"""People who use the Mini App as its page does, over HTTP: they look around, have pictures made and buy credits.

A call that fails is made again, as a person presses again: a form has a token, so it stays one order.
"""

import asyncio
import re
from dataclasses import dataclass, field
from html import unescape

import httpx

from infra.local.system import System
from tests.e2e.actors import Actors
from tests.e2e.people import Json, Person

TRIES_MAX = 40
PAUSE_SECONDS = 0.5
FIELD = re.compile(r'name="(token|price)" value="([^"]*)"')
SOLD = re.compile(
    r'name="name" value="(s)"><input type="hidden" name="stars" value="(\d+)">'
    r'<input type="hidden" name="credits" value="(\d+)"><input type="hidden" name="token" value="([^"]+)"'
)
INVOICE = re.compile(r'data-invoice="([^"]+)"')
LOOKED_AT = ("/gallery", "/balance", "/settings", "/talks", "/create")


@dataclass
class AppPeople(Actors):
    """They sign in once, by what Telegram opens the app with."""

    FIRST_ID = 701
    PAUSE_SECONDS = 0.4
    system: System | None = None
    sessions: dict[int, str] = field(default_factory=dict)

    async def _act(self) -> None:
        person = self.dice.choice(self.people)
        if person.id not in self.sessions:
            await self._sign_in(person)
            return
        deeds = [self._look, self._create, self._buy, self._choose]
        await self.dice.choices(deeds, weights=[2, 5, 4, 1])[0](person)

    async def _sign_in(self, person: Person) -> None:
        found = [
            button["web_app"]["url"]
            for message in await person.bots_messages()
            for row in message.get("reply_markup", {}).get("inline_keyboard", [])
            for button in row
            if "web_app" in button
        ]
        if not found:
            self.deeds["/app"] += 1
            await person.send("/app")
            return
        opened = await self.telegram.post("app", user_id=person.id, chat_id=person.id, url=found[-1])
        answer = await self._call("POST", "/sign-in", content=opened["init_data"])
        self.sessions[person.id] = answer.json()["token"]
        self.deeds["signed in"] += 1

    async def _look(self, person: Person) -> None:
        await self._ask(person, "GET", self.dice.choice(LOOKED_AT))
        self.deeds["page"] += 1

    async def _choose(self, person: Person) -> None:
        await self._ask(person, "POST", "/settings", data={"name": "count", "value": "1"})
        self.deeds["setting"] += 1

    async def _create(self, person: Person) -> None:
        form = dict(FIELD.findall((await self._ask(person, "GET", "/create")).text))
        self.deeds["form in the app"] += 1
        words = f"draw an owl called {self.dice.randrange(10**6)}"
        answer = await self._ask(person, "POST", "/create", data={**form, "kind": "picture", "words": words})
        self.deeds["picture in the app" if answer.status_code == httpx.codes.SEE_OTHER else "no picture"] += 1

    async def _buy(self, person: Person) -> None:
        """An order, its link, which `bot` makes, and the payment."""
        sold = SOLD.search((await self._ask(person, "GET", "/buy")).text)
        if sold is None:
            self.deeds["nothing sold"] += 1
            return
        self.deeds["form in the app"] += 1
        form = dict(zip(("name", "stars", "credits", "token"), sold.groups(), strict=True))
        ordered = await self._ask(person, "POST", "/buy", data=form)
        if ordered.status_code != httpx.codes.SEE_OTHER:
            self.deeds["nothing sold"] += 1
            return
        for _ in range(TRIES_MAX):
            found = INVOICE.search((await self._ask(person, "GET", ordered.headers["Location"] + "/state")).text)
            if found is not None:
                done: Json = await self.telegram.post("pay", user_id=person.id, link=unescape(found[1]))
                self.deeds["paid in the app" if done["paid"] else "not paid in the app"] += 1
                return
            await asyncio.sleep(PAUSE_SECONDS)
        self.deeds["no link"] += 1

    async def _ask(self, person: Person, method: str, path: str, data: Json | None = None) -> httpx.Response:
        session = {"Authorization": f"Bearer {self.sessions[person.id]}"}
        return await self._call(method, path, data=data, headers=session)

    async def _call(
        self,
        method: str,
        path: str,
        *,
        data: Json | None = None,
        content: str | None = None,
        headers: Json | None = None,
    ) -> httpx.Response:
        """The answer, after as many tries as it takes: the function may be dead now."""
        assert self.system is not None
        async with httpx.AsyncClient(base_url=self.system.urls["api"], trust_env=False, timeout=40) as client:
            for _ in range(TRIES_MAX):
                try:
                    answer = await client.request(method, path, data=data, content=content, headers=headers)
                except httpx.TransportError:
                    self.deeds["call without an answer"] += 1
                else:
                    if not answer.is_server_error and answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                        assert answer.status_code < httpx.codes.BAD_REQUEST, (method, path, answer.status_code)
                        return answer
                await asyncio.sleep(PAUSE_SECONDS)
        raise TimeoutError(f"{method} {path} was never answered")
