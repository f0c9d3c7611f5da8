"""A person in the Mini App: calls its pages as the function does, and reads what they say."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

import pytest

from shared.miniapp.calls import Call, Reply, Upload
from shared.miniapp.routes import find_route
from shared.pages import ROUTES
from shared.people.users import Language
from shared.ports import AppPorts
from tests.world import ME, World


@dataclass
class Page:
    """An answer, and what stands in it."""

    reply: Reply

    @property
    def html(self) -> str:
        return self.reply.body.decode()

    @property
    def status(self) -> int:
        return self.reply.status

    @property
    def location(self) -> str:
        """Where a form leads."""
        return self.reply.headers["Location"]

    @property
    def text(self) -> str:
        """The words, on one line."""
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", self.html)).split())

    def links(self, start: str = "/") -> list[str]:
        """The addresses of its links that begin so."""
        found = [html.unescape(each) for each in re.findall(r'href="([^"]*)"', self.html)]
        return [each for each in found if each.startswith(start)]

    def chosen(self, name: str) -> str:
        """The value of a field's chosen option."""
        found = re.search(rf'name="{name}" value="([^"]*)"[^>]*checked', self.html)
        assert found is not None, f"nothing is chosen of {name}"
        return found[1]

    def offered(self, name: str) -> list[str]:
        """The values of a field's options."""
        return re.findall(rf'name="{name}" value="([^"]*)"', self.html)

    def hidden(self, name: str) -> str:
        """The value of a hidden field."""
        return self.offered(name)[0]


@dataclass
class App:
    """See the module's docstring."""

    world: World
    user_id: int = ME
    language: Language = "en"

    def as_other(self, user_id: int) -> "App":
        """The same app in somebody else's hands."""
        return replace(self, user_id=user_id)

    @property
    def signed_in_at(self) -> datetime:
        return self.world.now

    @property
    def ports(self) -> AppPorts:
        return self.world.app_ports

    async def get(self, address: str) -> Page:
        parts = urlsplit(address)
        found = find_route("GET", parts.path, ROUTES)
        assert found is not None, address
        call = Call(self.user_id, self.language, self.signed_in_at, found[1], dict(parse_qsl(parts.query)))
        return Page(await found[0].handle(self.ports, call))

    async def post(
        self, address: str, form: Mapping[str, str | Sequence[str]] | None = None, uploads: Sequence[Upload] = ()
    ) -> Page:
        found = find_route("POST", address, ROUTES)
        assert found is not None, address
        fields = {name: [value] if isinstance(value, str) else value for name, value in (form or {}).items()}
        call = Call(self.user_id, self.language, self.signed_in_at, found[1]).with_form(fields, uploads)
        return Page(await found[0].handle(self.ports, call))


@pytest.fixture
def app(world: World) -> App:
    return App(world)
