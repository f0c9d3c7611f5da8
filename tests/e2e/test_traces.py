"""A picture's way through the whole system is one trace, without a word of what it shows and whose it is."""

import asyncio
import json
import time

import httpx
import pytest

from infra.local.system import System
from tests.e2e.backstage import Backstage
from tests.e2e.people import Json, Person

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.usefixtures("books_stay_right"),
]

SECONDS_MAX, LOOK_SECONDS = 30, 0.1
"""What the last request of a while has not exported goes with the next, which `sweep` causes every ten seconds."""
WAY = {"webhook", "bot", "image"}
EDIT = "telegram editMessageMedia"


async def find_trace(system: System, since_ms: float) -> list[Json]:
    """The spans of the picture that was asked for since then, once all functions have told. TimeoutError."""
    async with asyncio.timeout(SECONDS_MAX), httpx.AsyncClient(trust_env=False) as client:
        while True:
            traces = (await client.get(f"{system.urls['telemetry']}/control/traces")).json()
            for spans in traces:
                names, services = {span["name"] for span in spans}, {span["service"] for span in spans}
                if min(span["started_ms"] for span in spans) >= since_ms and EDIT in names and services >= WAY:
                    return list(spans)
            await asyncio.sleep(LOOK_SECONDS)


async def test_a_pictures_way_is_one_trace(anna: Person, system: System, backstage: Backstage) -> None:
    """Telegram's call, the task, the card, the next task, the model, the file, the edit: each below what caused it."""
    since_ms = time.time() * 1000
    [request] = await anna.send(f"/image a quagga for {anna.id}")
    await anna.wait_for_picture(request)
    await backstage.wait_for_rest(anna.id)
    spans = {span["id"]: span for span in await find_trace(system, since_ms)}
    assert {span["service"] for span in spans.values()} == WAY
    way, at = [], next(span["id"] for span in spans.values() if span["name"] == EDIT)
    while at in spans:
        way.append((spans[at]["service"], spans[at]["name"]))
        at = spans[at]["parent_id"]
    assert way == [
        ("image", EDIT),
        ("image", "POST request"),
        ("bot", "send image"),
        ("bot", "POST request"),
        ("webhook", "send bot"),
        ("webhook", "POST request"),
    ]
    names = {span["name"].split()[0] for span in spans.values()}
    assert {"firestore", "storage", "telegram", "generate_content"} <= names
    said = json.dumps([(span["name"], span["attributes"]) for span in spans.values()])
    assert not [word for word in ("quagga", "User", f" {anna.id}") if word in said]
