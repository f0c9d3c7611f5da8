"""The REST API: a program orders, follows, fetches and reads, and every refusal is a problem."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from shared.credits.catalogue import price_of, video_credits
from shared.errors import UnavailableError
from shared.jobs.cancel_jobs import cancel_job
from shared.jobs.job import JobState
from shared.jobs.job_documents import job_key
from shared.miniapp.pace import CALLS_AT_ONCE
from shared.people.accounts import open_user
from shared.providers.outcomes import Refused
from shared.rest.describe_job import describe_job
from shared.rest.surface import API, ApiSurface
from shared.rest_site import is_of_api
from tests.unit.rest.program import CREDITS, PATH, Json, Program, load_program
from tests.world import ME, World, any_commit, writes_to

FOX: Json = {"prompt": "a red fox", "ratio": "16:9", "price": price_of("fast", "1K")}


@pytest.fixture
async def program(world: World) -> Program:
    return await load_program(world)


def check_problem(answer: httpx.Response, status: int, name: str = "") -> Json:
    """The problem, which has this status and type."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json"), answer.text
    problem: Json = answer.json()
    assert (problem["status"], problem["type"].rpartition(":")[2]) == (status, name or "blank")
    return problem


async def test_a_picture_from_the_price_to_the_file(program: Program) -> None:
    """A program asks what it costs, orders it, follows it and gets its file; nobody in Telegram is told of it."""
    world = program.world
    world.messenger.calls.clear()
    quote = (await program.post("/pictures/quote", {"prompt": "a red fox", "count": 1.0, "seed": 7.0})).json()
    assert quote == {"price": FOX["price"], "available": world.user().account.available}
    ordered = await program.post("/pictures", FOX, "order-1")
    assert (ordered.status_code, ordered.json()["price"]) == (201, FOX["price"])
    [job] = ordered.json()["jobs"]
    assert ordered.headers["Location"] == f"{PATH}/jobs/{job['id']}"
    assert (job["state"], job["charged"], job["file"], job["ratio"]) == ("queued", 0, None, "16:9")
    check_problem(await program.get(f"/jobs/{job['id']}/file"), 409, "no-file")
    await world.settle()
    done = (await program.get(f"/jobs/{job['id']}")).json()
    assert (done["state"], done["charged"], done["file"]["mime_type"]) == ("done", FOX["price"], "image/png")
    link = (await program.get(f"/jobs/{job['id']}/file")).json()
    assert "seconds=900" in link["url"]
    assert [each["id"] for each in (await program.get("/results")).json()["results"]] == [job["id"]]
    assert world.messenger.calls == []
    assert world.job().surface == API
    assert describe_job(replace(world.job(), wallet_id="a-group"), world.now)["charged"] == 0
    world.check_money()


async def test_what_is_ordered_incognito_can_be_fetched(program: Program) -> None:
    """It is paid, and shown in no gallery: so its file can be had until it leaves, by a link that ends then."""
    world = program.world
    await world.send(world.message("/incognito"))
    await world.send(world.tap("incognito;on", world.shown()))
    world.clock.advance(1)
    [job] = (await program.post("/pictures", FOX, "order-1")).json()["jobs"]
    await world.settle()
    done = (await program.get(f"/jobs/{job['id']}")).json()
    assert (done["state"], done["charged"]) == ("done", FOX["price"])
    world.clock.advance(600)
    link = (await program.get(f"/jobs/{job['id']}/file")).json()
    assert link["expires_at"] == done["expires_at"]
    assert "seconds=900" not in link["url"]
    world.clock.advance(300)
    check_problem(await program.get(f"/jobs/{job['id']}/file"), 409, "no-file")
    assert (await program.get(f"/jobs/{job['id']}")).json()["state"] == "deleted"
    assert (await program.get("/results")).json()["results"] == []


async def test_a_video(program: Program) -> None:
    """A video is made from a result of the person, at the price that was said."""
    world = program.world
    await program.post("/pictures", FOX, "first")
    await world.settle()
    [picture] = (await program.get("/results", kind="picture")).json()["results"]
    wish = {"prompt": "it runs", "from": [picture["id"]]}
    quote = (await program.post("/videos/quote", wish)).json()
    [job] = (await program.post("/videos", wish | {"price": quote["price"]}, "film")).json()["jobs"]
    await world.settle()
    film = (await program.get(f"/jobs/{job['id']}")).json()
    assert (film["state"], film["kind"], film["price"]) == ("done", "video", quote["price"])
    assert film["charged"] <= quote["price"]
    assert [each["id"] for each in (await program.get("/results", kind="video")).json()["results"]] == [job["id"]]
    world.check_money()


async def test_the_same_order_is_made_once(program: Program) -> None:
    """Whatever comes again under one idempotency key is one order, even at the same time and at another price."""
    answers = await asyncio.gather(*(program.post("/pictures", FOX, "order-1") for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [200, 200, 200, 201]
    assert len({each.json()["jobs"][0]["id"] for each in answers}) == 1
    again = await program.post("/pictures", FOX, "order-1")
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    other = check_problem(
        await program.post("/pictures", FOX | {"prompt": "a cat"}, "order-1"), 422, "idempotency-key-reused"
    )
    assert "jobs" not in other
    assert len(program.world.jobs()) == 1
    await program.world.settle()
    assert (await program.post("/pictures", FOX, "order-1")).json()["jobs"][0]["state"] == "done"
    program.world.check_money()


async def test_an_order_again_after_its_model_is_gone(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repetition finds its jobs whatever is sold by now; a new order of that model is refused."""
    first = (await program.post("/pictures", FOX | {"model": "fast"}, "order-1")).json()["jobs"]
    monkeypatch.setattr("shared.rest.read_order.sold_models", lambda _: ["best"])
    again = await program.post("/pictures", FOX | {"model": "fast"}, "order-1")
    assert (again.status_code, again.json()["jobs"]) == (200, first)
    check_problem(await program.post("/pictures", FOX | {"model": "fast"}, "order-2"), 400)


async def test_a_key_whose_jobs_are_gone(program: Program) -> None:
    """It is refused, and at once: its order was paid, and is not kept any more."""
    world = program.world
    [job] = (await program.post("/pictures", FOX, "order-1")).json()["jobs"]
    await world.settle()
    del world.store._documents[job_key(job["id"])]
    check_problem(await program.post("/pictures", FOX, "order-1"), 422, "idempotency-key-reused")
    assert world.jobs() == []


@pytest.mark.parametrize("place", ["before", "after", "queue"])
async def test_an_order_whose_answer_was_lost(program: Program, place: str) -> None:
    """A process that dies before its commit, after it or before the task: the order comes again, and is one."""
    world = program.world

    async def die() -> None:
        raise UnavailableError("died")

    if place == "before":
        world.store.interrupt(writes_to("jobs"), die)
    elif place == "after":
        world.store.lose(writes_to("jobs"))
    else:
        world.tasks.outages = 1
    check_problem(await program.post("/pictures", FOX, "order-1"), 503)
    again = await program.post("/pictures", FOX, "order-1")
    assert again.status_code == (201 if place == "before" else 200)
    await world.settle()
    assert [job.state for job in world.jobs()] == [JobState.DELIVERED]
    world.check_money()


async def test_what_is_not_made_costs_nothing(program: Program) -> None:
    """A refused picture is told as failed with its code, and its credits are back."""
    world = program.world
    world.model.script("a red fox", Refused("SAFETY"))
    before = world.user().account.available
    [job] = (await program.post("/pictures", FOX, "order-1")).json()["jobs"]
    await world.settle()
    ended = (await program.get(f"/jobs/{job['id']}")).json()
    assert (ended["state"], ended["charged"], ended["failure"]) == ("failed", 0, "E-IMG-SAFE")
    assert world.user().account.available == before
    world.check_money()


async def test_nothing_is_bought_at_another_price(program: Program) -> None:
    """An order at a wrong price, or for more than there is, buys nothing and says what it would cost."""
    dear = check_problem(await program.post("/pictures", FOX | {"price": 1}, "a"), 409, "price")
    assert dear["price"] == FOX["price"]
    best = price_of("best", "4K") * 4
    lack = FOX | {"model": "best", "size": "4K", "count": 4, "price": best}
    poor = check_problem(await program.post("/pictures", lack, "b"), 402, "credits")
    assert (poor["price"], poor["available"], poor["code"]) == (
        best,
        program.world.user().account.available,
        "E-CREDITS",
    )
    assert program.world.jobs() == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "prompt"),
        ({"prompt": " "}, "prompt"),
        ({"prompt": "x" * 4097}, "prompt"),
        ({"prompt": "a fox", "colour": "red"}, "colour"),
        ({"prompt": "a fox"}, "price"),
        ({"prompt": "a fox", "price": True}, "price"),
        ({"prompt": "a fox", "price": -1}, "price"),
        ({"prompt": "a fox", "price": 4, "count": 5}, "count"),
        ({"prompt": "a fox", "price": 4, "count": True}, "count"),
        ({"prompt": "a fox", "price": 4, "ratio": "7:5"}, "ratio"),
        ({"prompt": "a fox", "price": 4, "model": "seedream"}, "model"),
        ({"prompt": "a fox", "price": 4, "seed": 2**31}, "seed"),
        ({"prompt": "a fox", "price": 4, "from": "AAAAAAAAAAAAAAAA"}, "from"),
        ({"prompt": "a fox", "price": 4, "from": ["AAAAAAAAAAAAAAAA"] * 2}, "from"),
        ({"prompt": "a fox", "price": 4, "from": [["AAAAAAAAAAAAAAAA"]]}, "from"),
        ([], "object"),
    ],
)
async def test_a_wrong_body(program: Program, body: object, field: str) -> None:
    """Nothing is guessed: what is missing, unknown or impossible is refused by its name, and nothing is ordered."""
    assert field in check_problem(await program.post("/pictures", body, "a"), 400)["detail"]
    assert program.world.jobs() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"sound": "on"}, 400),
        ({"seconds": 5}, 400),
        ({"count": 2}, 400),
        ({"from": ["AAAAAAAAAAAAAAAA"]}, 422),
    ],
)
async def test_a_wrong_video(program: Program, body: Json, status: int) -> None:
    """The fields of a video are read as strictly."""
    name = "source-gone" if status == 422 else ""
    check_problem(await program.post("/videos", {"prompt": "waves", "price": 1} | body, "a"), status, name)


@pytest.mark.parametrize("key", ["", "ä", "a\tb", "x" * 201])
async def test_an_order_has_an_idempotency_key(program: Program, key: str) -> None:
    """Without one, an order that is sent again would be made twice."""
    headers = {name: value.encode() for name, value in (program.headers | {"Idempotency-Key": key}).items()}
    sent = [(name.encode(), value) for name, value in headers.items() if value]
    answer = await program.client.post(f"{PATH}/pictures", json=FOX, headers=sent)
    assert "Idempotency-Key" in check_problem(answer, 400)["detail"]


async def test_a_video_is_no_start_of_a_picture(program: Program) -> None:
    """A result from which nothing of this kind starts is refused, and not left out."""
    world = program.world
    price = (await program.post("/videos/quote", {"prompt": "waves"})).json()["price"]
    assert price >= video_credits(1)
    [film] = (await program.post("/videos", {"prompt": "waves", "price": price}, "film")).json()["jobs"]
    await world.settle()
    wish = {"prompt": "a fox", "from": [film["id"]]}
    check_problem(await program.post("/pictures/quote", wish), 422, "sources-unusable")
    check_problem(await program.post("/videos/quote", wish | {"seconds": 15}), 400)


async def test_credits_and_numbers(program: Program) -> None:
    """Balance and statistics are the person's own."""
    account = program.world.user().account
    balance = (await program.get("/balance")).json()
    assert balance == {"user_id": ME, "available": account.available, "held": 0}
    await program.post("/pictures", FOX, "order-1")
    await program.world.settle()
    stats = (await program.get(f"/users/{ME}/stats")).json()
    assert (stats["made"], stats["spent"], stats["returned"]) == ({"picture": 1}, FOX["price"], 0)
    check_problem(await program.get(f"/users/{ME + 1}/stats"), 404)


async def test_conversations_go_by_pages(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """A conversation is read to its end by its cursors, and so is their list."""
    monkeypatch.setattr("shared.rest.conversations.MESSAGES_PAGE", 3)
    monkeypatch.setattr("shared.conversations.read_conversation.PAGE", 1)
    world = program.world
    for words in ("/ask one", "/ask two", "/new", "/ask three"):
        await world.send(world.message(words))
        world.clock.advance(5)
    found, cursor = list[Json](), ""
    while True:
        page = (await program.get("/conversations", **({"cursor": cursor} if cursor else {}))).json()
        found += page["conversations"]
        if (cursor := page["next"]) is None:
            break
    assert [each["count"] for each in found] == [2, 4]
    first = (await program.get(f"/conversations/{found[1]['id']}")).json()
    last = (await program.get(f"/conversations/{found[1]['id']}", cursor=first["next"])).json()
    said = [each["text"] for each in (*first["messages"], *last["messages"]) if each["speaker"] == "person"]
    assert (said, len(first["messages"]), last["next"]) == (["one", "two"], 3, None)
    for path in ("/conversations", f"/conversations/{found[0]['id']}", "/results"):
        for cursor in ("x", ""):
            assert check_problem(await program.get(path, cursor=cursor), 400)["detail"] == "cursor"
    for kind in ("sound", ""):
        assert check_problem(await program.get("/results", kind=kind), 400)["detail"] == "kind"


async def test_results_go_by_pages(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every result is on one page, also those of one order, which have one time."""
    monkeypatch.setattr("shared.rest.jobs.PAGE", 2)
    wish = FOX | {"count": 3, "price": 3 * FOX["price"]}
    ordered = {job["id"] for job in (await program.post("/pictures", wish, "three")).json()["jobs"]}
    await program.world.settle()
    first = (await program.get("/results")).json()
    second = (await program.get("/results", cursor=first["next"])).json()
    assert {each["id"] for each in (*first["results"], *second["results"])} == ordered
    assert second["next"] is None


async def test_the_description_is_for_everybody(program: Program) -> None:
    """The document and its page need no key; the page has no script and loads nothing."""
    everybody = program.with_token("")
    document = await everybody.client.get("/api/openapi.json")
    assert (document.status_code, document.json()["openapi"]) == (200, "3.1.0")
    page = await everybody.client.get("/api/docs")
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<script" not in page.text
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert "script-src" not in page.headers["Content-Security-Policy"]


async def test_every_answer_has_the_headers(program: Program) -> None:
    """Nothing is kept by anybody in between, and no page of another site reads it."""
    for path in (f"{PATH}/balance", f"{PATH}/nothing", "/api/docs", "/api/v2/balance", "/api/"):
        assert is_of_api(path)
        headers = (await program.client.get(path, headers=program.headers)).headers
        assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff"), path
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "Access-Control-Allow-Origin" not in headers
    answer = await program.client.delete(f"{PATH}/balance", headers=program.headers)
    check_problem(answer, 405)
    assert answer.headers["Allow"] == "GET"
    assert (await program.client.head(f"{PATH}/balance", headers=program.headers)).status_code == 200


async def test_the_use_of_a_key_is_noted_once_an_hour(program: Program) -> None:
    """The person sees when a key was last used; that an answer waits for it, or fails by it, never happens."""
    world = program.world

    async def die() -> None:
        raise UnavailableError("died")

    world.store.interrupt(any_commit, die)
    assert (await program.get("/balance")).status_code == 200
    assert world.user().api_keys[0].used_at is None
    first = world.clock.now()
    for _ in range(3):
        await program.get("/balance")
    assert world.user().api_keys[0].used_at == first
    world.clock.advance(3600)
    await program.get("/balance")
    assert world.user().api_keys[0].used_at == world.clock.now()


async def test_too_many_calls(program: Program) -> None:
    """Whoever calls too often waits, with or without a key, and hears for how long."""
    for _ in range(CALLS_AT_ONCE):
        await program.get("/balance")
    answer = await program.get("/balance")
    assert check_problem(answer, 429, "pace")
    assert int(answer.headers["Retry-After"]) >= 1
    check_problem(await program.with_token("").get("/balance"), 429, "pace")
    program.world.clock.advance(60)
    orders = [await program.post("/pictures", {}, "a") for _ in range(CALLS_AT_ONCE // 16 + 1)]
    assert orders[-1].status_code == 429


async def test_somebody_who_is_being_erased(program: Program) -> None:
    """A key of theirs is refused for a while, and no new person is made of it."""
    world = program.world
    opened = await open_user(world.ports, ME)
    assert opened.record is not None
    opened.record.fields["erased_as"] = -7
    world.store._documents[opened.record.key].fields["erased_as"] = -7
    answer = await program.get("/balance")
    check_problem(answer, 503)
    assert answer.headers["Retry-After"] == "60"


async def test_the_webhooks_old_name(world: World) -> None:
    """Whoever sends updates here is shown where they are taken: this function does not have the webhook's secret."""
    known = await load_program(world, "https://webhook.test")
    answer = await known.client.post(f"{PATH}/webhooks/telegram", content=b"{}")
    assert (answer.status_code, answer.headers["Location"]) == (308, "https://webhook.test")
    check_problem(await known.client.get(f"{PATH}/webhooks/telegram"), 404)


async def test_the_webhook_is_nowhere(program: Program) -> None:
    """Without an address of the webhook there is nothing under its old name."""
    check_problem(await program.client.post(f"{PATH}/webhooks/telegram", content=b"{}"), 404)


async def test_a_canceled_and_a_deleted_job(program: Program) -> None:
    """What the person cancels in the Mini App's gallery or the chat is told to the program; so is a deletion."""
    world = program.world
    [job] = (await program.post("/pictures", FOX, "order-1")).json()["jobs"]
    await cancel_job(world.ports, job["id"])
    await world.settle()
    canceled = (await program.get(f"/jobs/{job['id']}")).json()
    assert (canceled["state"], canceled["charged"]) == ("canceled", 0)
    surface = ApiSurface()
    assert surface.has_place(world.job())
    assert await surface.redraw_end(world.ports, job["id"])
    [other] = (await program.post("/pictures", FOX, "order-2")).json()["jobs"]
    await world.settle()
    world.store._documents[job_key(other["id"])].fields["deleted_at"] = world.now
    assert (await program.get(f"/jobs/{other['id']}")).json()["state"] == "deleted"
    check_problem(await program.get(f"/jobs/{other['id']}/file"), 409, "no-file")
    world.check_money()


async def test_what_takes_long_rings_nowhere(program: Program) -> None:
    """A result that took long is delivered like any other: nobody waits for a sound."""
    await program.post("/pictures", FOX, "order-1")
    program.world.clock.advance(120)
    program.world.messenger.calls.clear()
    await program.world.settle()
    assert program.world.messenger.calls == []
    assert (await program.get("/results")).json()["results"][0]["state"] == "done"


async def test_more_than_a_model_takes(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Results that the wanted model cannot start from are refused: no other model is taken, and none is left out."""
    made = [(await program.post("/pictures", FOX, f"order-{n}")).json()["jobs"][0]["id"] for n in range(3)]
    await program.world.settle()
    wish = {"prompt": "together", "from": made}
    assert (await program.post("/pictures/quote", wish)).status_code == 200
    pair = {"prompt": "from one to the other", "from": made[:2]}
    assert (await program.post("/videos/quote", pair | {"seconds": 4})).status_code == 200
    assert "seconds" in check_problem(await program.post("/videos/quote", pair | {"seconds": 15}), 400)["detail"]
    monkeypatch.setattr("shared.pictures.request.model_for", lambda *_: "best")
    check_problem(await program.post("/pictures/quote", wish), 422, "sources-unusable")
    monkeypatch.setattr("shared.jobs.limits.REFERENCES_MAX", 2)
    check_problem(await program.post("/pictures/quote", wish), 422, "sources-unusable")
    check_problem(await program.post("/videos/quote", wish), 422, "sources-unusable")
    check_problem(await program.post("/videos/quote", wish | {"seconds": 15}), 422, "sources-unusable")


async def test_it_is_in_the_persons_gallery(program: Program) -> None:
    """What a program made is sent from the gallery into the chat, and its buttons there make another one."""
    world = program.world
    await program.post("/pictures", FOX, "order-1")
    await world.settle()
    await world.send(world.message("/gallery"))
    await world.send(world.tap("gsend", world.shown()))
    sent = world.shown()
    assert sent.kind == "photo"
    await world.send(world.tap("again", sent))
    assert sorted(job.surface for job in world.jobs()) == [API, "telegram"]
    assert {job.state for job in world.jobs()} == {JobState.DELIVERED}
    world.check_money()


async def test_few_credits_are_told_by_the_next_picture_in_the_chat(program: Program) -> None:
    """A program's picture tells nobody that few credits are left, so it does not use up that notice."""
    world = program.world
    for wish in ({"prompt": "a fox", "model": "best", "size": "4K", "count": 3}, {"prompt": "a fox", "count": 3}):
        price = (await program.post("/pictures/quote", wish)).json()["price"]
        await program.post("/pictures", wish | {"price": price}, f"costs {price}")
    await world.settle()
    assert world.user().account.available == CREDITS - 84
    assert not world.user().is_told_low
    await world.send(world.message("a red fox"))
    assert world.user().is_told_low
