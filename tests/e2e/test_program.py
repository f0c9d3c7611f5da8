"""A person's program on the running system: a key from the chat, an order by the API, its end told at a webhook."""

import re

import httpx
import pytest

from infra.local.system import System
from tests.contracts.http_server import Reply, serve_http
from tests.e2e.people import Person
from tests.fakes.receivers import Sent
from tests.unit.webhooks.receiver import verify

pytestmark = [pytest.mark.emulator, pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="session")]
FOX = {"prompt": "a red fox", "price": 4}


async def make_key(anna: Person) -> str:
    """The token of a key that may spend credits."""
    await anna.send("/api")
    await anna.press(await anna.wait_for_text("Keys for your programs"), "apikey", "choose")
    await anna.press(await anna.wait_for_text("What may the program do?"), "apikey", "make", str(anna.id), "make")
    shown = (await anna.wait_for_text("nb_"))["text"]
    found = re.search(r"nb_[A-Za-z0-9_-]+", shown)
    assert found is not None
    return found[0]


async def test_an_order_is_told_at_a_webhook(system: System, anna: Person) -> None:
    """The picture is made and paid, its end is told signed, and the log says how it was taken."""
    headers = {"Authorization": f"Bearer {await make_key(anna)}"}
    url = f"{system.urls['api']}/api/v1"
    with serve_http(lambda _: Reply(204)) as server:
        async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=20) as client:
            secret = (await client.put("/webhook", json={"url": f"{server.url}/hook"})).json()["secret"]
            ordered = await client.post("/pictures", json=FOX, headers={"Idempotency-Key": "fox"})
            [request] = await server.wait_for_requests(1)
            event = verify(Sent(request.path, request.headers, request.body), secret)
            assert (event["type"], event["data"]["job"]["id"]) == ("job.delivered", ordered.json()["jobs"][0]["id"])
            [delivery] = (await client.get("/webhook/deliveries")).json()["deliveries"]
            assert delivery["id"] == event["id"]
