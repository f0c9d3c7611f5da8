"""A program's webhook by the API: its address and secrets, a test, what was sent, and sending again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.people.accounts import change_user, open_user
from shared.people.api_keys import SCOPES
from shared.people.webhooks import SECRETS_MAX
from shared.webhooks.event import LEASE
from shared.webhooks.event_documents import event_key
from shared.webhooks.sweep_events import sweep_events
from tests.unit.rest.program import Program, load_program, make_key
from tests.unit.webhooks.receiver import verify
from tests.world import ME, OTHER, World, writes_to

URL = "https://partner.example.org/hook?token=1"
FOX = {"prompt": "a red fox", "price": 4}


@pytest.fixture
async def program(world: World) -> Program:
    return await load_program(world)


async def set_up(program: Program) -> str:
    """A webhook; returns its secret."""
    answer = await program.put("/webhook", {"url": URL})
    assert answer.status_code == 201
    return str(answer.json()["secret"])


async def test_the_secret_is_shown_once(program: Program) -> None:
    """Setting a webhook shows its secret; setting it again, elsewhere too, keeps the secret and does not show it."""
    assert (await program.get("/webhook")).status_code == 404
    secret = await set_up(program)
    again = await program.put("/webhook", {"url": "https://other.example.org"})
    assert (again.status_code, again.json()["secret"]) == (200, None)
    shown = await program.get("/webhook")
    assert (shown.json()["url"], shown.json()["state"]) == ("https://other.example.org", "on")
    assert secret not in shown.text
    await program.post("/webhook/test", None)
    await program.world.settle()
    [sent] = program.world.receivers.sent
    assert sent.url == "https://other.example.org"
    assert verify(sent, secret)["type"] == "webhook.test"


@pytest.mark.parametrize("body", [{}, {"url": 1}, {"url": URL, "more": 1}])
async def test_a_wrong_body(program: Program, body: object) -> None:
    """Anything but one address is refused by the field's name."""
    answer = await program.put("/webhook", body)
    assert (answer.status_code, "url" in answer.json()["detail"]) == (400, True)


@pytest.mark.parametrize(
    "url",
    [
        *("http://partner.example.org", "https://partner.example.org:8443", "https://10.0.0.1", "https://localhost"),
        *(
            "https://metadata.google.internal",
            "https://user@partner.example.org",
            "ftp://x.org",
            "",
            "https://[::1]",
        ),
    ],
)
async def test_an_address_that_is_not_public(program: Program, url: str) -> None:
    """Only https, a name and port 443 are taken; nothing is stored otherwise."""
    assert (await program.put("/webhook", {"url": url})).status_code == 422
    assert (await program.get("/webhook")).status_code == 404


async def test_two_secrets_sign_for_a_day(program: Program) -> None:
    """A receiver with the old secret and one with the new one both verify; after a day only the new one does."""
    assert (await program.post("/webhook/secret", None)).status_code == 404
    old = await set_up(program)
    renewed = await program.post("/webhook/secret", None)
    new = renewed.json()["secret"]
    assert renewed.status_code == 201
    await program.post("/webhook/test", None)
    await program.world.settle()
    assert verify(program.world.receivers.sent[0], old) == verify(program.world.receivers.sent[0], new)
    program.world.clock.advance(24 * 3600)
    await program.post("/webhook/test", None)
    await program.world.settle()
    verify(program.world.receivers.sent[1], new)
    with pytest.raises(AssertionError):
        verify(program.world.receivers.sent[1], old)


async def test_secrets_in_use_are_bounded(program: Program) -> None:
    """A caller that renews again and again pushes no secret out before its day is over."""
    first = await set_up(program)
    answers = [await program.post("/webhook/secret", None) for _ in range(SECRETS_MAX)]
    assert [each.status_code for each in answers] == [201] * (SECRETS_MAX - 1) + [409]
    await program.post("/webhook/test", None)
    await program.world.settle()
    verify(program.world.receivers.sent[0], first)


async def test_removed(program: Program) -> None:
    """Without a webhook there is nothing to test, renew or remove."""
    await set_up(program)
    assert (await program.delete("/webhook")).json()["state"] == "removed"
    for answer in (
        await program.delete("/webhook"),
        await program.post("/webhook/test", None),
        await program.post("/webhook/deliveries/AAAAAAAAAAAAAAAA/retry", None),
    ):
        assert answer.status_code == 404


async def test_deliveries_go_by_pages(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every event is on one page, the newest first, with its tries; what expired is not shown."""
    monkeypatch.setattr("shared.rest.deliveries.PAGE", 2)
    await set_up(program)
    for _ in range(3):
        program.world.clock.advance(60)
        await program.post("/webhook/test", None)
    await program.world.settle()
    first = (await program.get("/webhook/deliveries")).json()
    second = (await program.get("/webhook/deliveries", cursor=first["next"])).json()
    shown = first["deliveries"] + second["deliveries"]
    assert [each["created_at"] for each in shown] == sorted((each["created_at"] for each in shown), reverse=True)
    assert (len(shown), second["next"]) == (3, None)
    assert [(each["state"], each["tries"][0]["status"]) for each in shown] == [("delivered", 200)] * 3
    assert (await program.get("/webhook/deliveries", cursor="x")).status_code == 400
    program.world.clock.advance(31 * 24 * 3600)
    assert (await program.get("/webhook/deliveries")).json()["deliveries"] == []


async def test_sent_again_by_hand(program: Program) -> None:
    """An event is sent again under its own id, unless a worker has it just now; one that is gone is not there."""
    await set_up(program)
    program.world.receivers.answers = [500]
    event_id = (await program.post("/webhook/test", None)).json()["id"]
    await program.world.run_next()
    again = await program.post(f"/webhook/deliveries/{event_id}/retry", None)
    assert (again.status_code, again.json()["state"], len(again.json()["tries"])) == (202, "waiting", 1)
    await program.world.settle()
    assert [each.headers["webhook-id"] for each in program.world.receivers.sent] == [event_id] * 2
    stored = program.world.store._documents[event_key(event_id)].fields
    assert stored["state"] == "delivered"
    stored["lease_until"] = program.world.now + LEASE
    busy = await program.post(f"/webhook/deliveries/{event_id}/retry", None)
    assert (busy.status_code, busy.headers["Retry-After"]) == (409, "60")
    stored["expire_at"] = program.world.now
    assert (await program.post(f"/webhook/deliveries/{event_id}/retry", None)).status_code == 404
    assert (await program.post("/webhook/deliveries/x/retry", None)).status_code == 404


async def test_off(program: Program) -> None:
    """A webhook that is off takes no test and no repetition, says so, and is switched on by setting it again."""
    await set_up(program)
    program.world.receivers.answers = [410]
    event_id = (await program.post("/webhook/test", None)).json()["id"]
    await program.world.settle()
    shown = (await program.get("/webhook")).json()
    assert (shown["state"], shown["reason"]) == ("off", "gone")
    for path in ("/webhook/test", f"/webhook/deliveries/{event_id}/retry"):
        answer = await program.post(path, None)
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:nanobanana:problem:webhook-off")
    await program.put("/webhook", {"url": URL})
    assert (await program.get("/webhook")).json()["state"] == "on"
    assert (await program.post(f"/webhook/deliveries/{event_id}/retry", None)).status_code == 202


async def test_a_webhook_is_of_one_key(program: Program) -> None:
    """Another key, of the same person or of another one, neither sees, tests nor retries what this one was sent."""
    await set_up(program)
    event_id = (await program.post("/webhook/test", None)).json()["id"]
    for user_id, name in ((ME, "B" * 16), (OTHER, "C" * 16)):
        other = program.with_token(await make_key(program.world, user_id, SCOPES, name))
        assert (await other.get("/webhook")).status_code == 404
        await other.put("/webhook", {"url": "https://thief.example.org"})
        assert (await other.get("/webhook/deliveries")).json()["deliveries"] == []
        assert (await other.post(f"/webhook/deliveries/{event_id}/retry", None)).status_code == 404
    assert (await program.get("/webhook")).json()["url"] == URL
    await program.world.settle()
    assert {each.url for each in program.world.receivers.sent} == {URL}


@pytest.mark.parametrize("method", ["put", "renew"])
async def test_a_key_that_is_revoked_meanwhile(program: Program, method: str) -> None:
    """A call whose key goes at the same moment sets nothing, and leaves nothing behind."""
    world = program.world
    if method == "renew":
        await set_up(program)

    async def revoke() -> None:
        opened = await open_user(world.ports, ME)
        await change_user(world.ports, opened, lambda user: replace(user, api_keys=(), webhooks=()))

    world.store.interrupt(writes_to("users"), revoke)
    answer = program.put("/webhook", {"url": URL}) if method == "put" else program.post("/webhook/secret", None)
    assert (await answer).status_code == 404
    assert world.user().webhooks == ()


async def test_an_order_is_told(program: Program) -> None:
    """What is made by a key is told at its webhook, once, with what GET /jobs says of it."""
    secret = await set_up(program)
    [job] = (await program.post("/pictures", FOX, "order-1")).json()["jobs"]
    await program.world.settle()
    [sent] = program.world.receivers.sent
    event = verify(sent, secret)
    assert event["type"] == "job.delivered"
    assert event["data"]["job"] == (await program.get(f"/jobs/{job['id']}")).json()
    program.world.clock.advance(timedelta(days=1).total_seconds())
    await sweep_events(program.world.repair_ports)
    await program.world.settle()
    assert len(program.world.receivers.sent) == 1
