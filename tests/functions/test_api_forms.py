"""What forms bring to a page of the Mini App: fields, files, and neither too much of them nor nonsense."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as StarletteRoute

from infra.local.telegram.signing import PUBLIC_KEY
from shared import forms
from shared.http import Haste
from shared.miniapp.calls import Call, Reply
from shared.miniapp.routes import Route
from shared.ports import AppPorts
from shared.settings import ApiSettings
from shared.site import FORM_BYTES_MAX, Site
from tests.functions.app import ENV, ORIGIN, App
from tests.world import ME, World

AT_ONCE = 2


class Heard:
    """A page that remembers what it was called with, and answers when it is let."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    async def answer(self, _: AppPorts, call: Call) -> Reply:
        self.calls.append(call)
        await self.goes_on.wait()
        return Reply(b"", status=303, headers={"Location": "/gallery?said=done"})


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def app(world: World, heard: Heard) -> App:
    routes = [Route("POST", "/form/{id}", heard.answer)]
    routes.append(Route("POST", "/files", heard.answer, takes_files=True, at_once_max=AT_ONCE))
    routes.append(Route("GET", "/form/{id}", heard.answer))
    site = Site(ApiSettings.read(ENV), lambda: world.app_ports, routes)

    async def show(request: Request) -> Response:
        return await site.show(request)

    server = Starlette(routes=[StarletteRoute("/{path:path}", show, methods=["GET", "POST"])])
    assert PUBLIC_KEY
    return App(world, httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url="http://app.test"))


async def test_fields(app: App, heard: Heard) -> None:
    """Fields come with their names, in every script; the answer may lead to another page."""
    answer = await app.post("/form/x1?page=2", {"words": "лиса & 🦊", "empty": ""})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/gallery?said=done")
    [call] = heard.calls
    assert (call.parameters, call.query) == ({"id": "x1"}, {"page": "2"})
    assert (call.value("words"), call.form["empty"]) == ("лиса & 🦊", [""])


async def test_a_form_is_no_part_of_reading(app: App, heard: Heard) -> None:
    """A page that is read has no form."""
    assert (await app.get("/form/x1?words=a")).status_code == 303
    assert (heard.calls[0].form, heard.calls[0].query) == ({}, {"words": "a"})


async def test_files(app: App, heard: Heard) -> None:
    """A form with files brings fields and files, each as the browser names it."""
    files = {"file": ("../../лиса.png", b"\x89PNG", "image/png"), "other": ("", b"x", "text/plain")}
    session = {"Authorization": f"Bearer {await app.open()}", "Origin": ORIGIN}
    answer = await app.client.post("/files", files=files, data={"words": ["a", "b"]}, headers=session)
    assert answer.status_code == 303
    [call] = heard.calls
    assert list(call.form["words"]) == ["a", "b"]
    [upload] = [each for each in call.uploads if each.field_name == "file"]
    assert (upload.name, upload.content) == ("../../лиса.png", b"\x89PNG")
    assert "PNG" not in repr(upload)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"words=a", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"nonsense", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (b'--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\nb', "multipart/form-data; boundary=x"),
        (b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' for _ in range(101)) + b"--x--\r\n",
         "multipart/form-data; boundary=x"),
    ],
)  # fmt: skip
async def test_nonsense_for_files(app: App, heard: Heard, content: bytes, content_type: str) -> None:
    """What is no form with files, or one with too many parts, brings nothing or is refused; nothing breaks."""
    session = {"Authorization": f"Bearer {await app.open()}", "Origin": ORIGIN, "Content-Type": content_type}
    answer = await app.client.post("/files", content=content, headers=session)
    assert answer.status_code in {303, 400}
    assert all(not call.uploads for call in heard.calls)


@pytest.mark.parametrize("named", ["charset=punycode", "CharSet*=utf-8''punycode", "charset=utf-8"])
async def test_a_form_names_no_character_set(app: App, heard: Heard, named: str) -> None:
    """How a form is decoded is not the caller's choice: some ways take minutes."""
    content = b'--x\r\nContent-Disposition: form-data; name="words"\r\n\r\n-aaaa\r\n--x--\r\n'
    session = {"Authorization": f"Bearer {await app.open()}", "Origin": ORIGIN}
    for content_type, status in (
        (f"multipart/form-data; boundary=x; {named}", 400),
        ("multipart/form-data; boundary=x", 303),
    ):
        headers = session | {"Content-Type": content_type}
        assert (await app.client.post("/files", content=content, headers=headers)).status_code == status
    assert [list(call.form["words"]) for call in heard.calls] == [["-aaaa"]]


async def test_few_files_at_once(app: App, heard: Heard) -> None:
    """Only so many files are in memory at a time; the others wait, other pages do not, and all are answered."""
    people = [{"Authorization": f"Bearer {await app.open(ME + number)}"} for number in range(AT_ONCE + 3)]
    heard.goes_on.clear()
    posts = [
        app.client.post("/files", files={"file": b"x"}, headers=session | {"Origin": ORIGIN}) for session in people
    ]
    waiting = [asyncio.ensure_future(post) for post in posts]
    form = asyncio.ensure_future(app.post("/form/x1", {}))
    for _ in range(1000):
        await asyncio.sleep(0)
    assert len([call for call in heard.calls if call.uploads]) == AT_ONCE
    assert len([call for call in heard.calls if not call.uploads]) == 1
    heard.goes_on.set()
    assert {answer.status_code for answer in await asyncio.gather(form, *waiting)} == {303}
    assert len(heard.calls) == AT_ONCE + 4


async def test_one_file_at_a_time(app: App, heard: Heard) -> None:
    """One person never takes all turns: while a file of theirs comes, the next one is told to come later."""
    heard.goes_on.clear()
    session = {"Authorization": f"Bearer {await app.open()}", "Origin": ORIGIN}
    first = asyncio.ensure_future(app.client.post("/files", files={"file": b"x"}, headers=session))
    for _ in range(1000):
        await asyncio.sleep(0)
    second = await app.client.post("/files", files={"file": b"x"}, headers=session)
    assert (second.status_code, second.headers["Retry-After"]) == (429, "5")
    heard.goes_on.set()
    assert (await first).status_code == 303
    assert (await app.client.post("/files", files={"file": b"x"}, headers=session)).status_code == 303


async def test_a_file_that_stops_coming(app: App, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sends a file too slowly, or stops, loses the turn; the next one of the same person is taken."""
    monkeypatch.setattr(forms, "HASTE", Haste(grace_seconds=0.0, bytes_per_second_min=1e9, seconds_max=40.0))
    session = {"Authorization": f"Bearer {await app.open()}", "Origin": ORIGIN}
    headers = session | {"Content-Type": "multipart/form-data; boundary=x"}

    async def stop() -> AsyncIterator[bytes]:
        yield b"--x\r\n"
        await asyncio.Event().wait()

    for _ in range(AT_ONCE + 1):
        assert (await app.client.post("/files", content=stop(), headers=headers)).status_code == 408
    monkeypatch.undo()
    assert (await app.client.post("/files", files={"file": b"x"}, headers=session)).status_code == 303


async def test_too_much(app: App, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form above its limit is refused before it is parsed; one with too many fields brings none of them."""
    monkeypatch.setattr(forms, "BYTES_MAX", 1000)
    session = {"Authorization": f"Bearer {await app.open()}", "Origin": ORIGIN}
    assert (await app.client.post("/files", files={"f": b"x" * 2000}, headers=session)).status_code == 413
    assert (await app.post("/form/x1", {"words": "x" * FORM_BYTES_MAX})).status_code == 413
    assert heard.calls == []
    assert (await app.post("/form/x1", {f"f{number}": "" for number in range(200)})).status_code == 303
    assert heard.calls[0].form == {}
