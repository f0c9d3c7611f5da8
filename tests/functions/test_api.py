"""`api` as deployed: whoever Telegram has signed in gets pages, and every answer has the same headers."""

from dataclasses import replace

import httpx
import pytest

from infra.local.tasks.oidc import TokenSigner
from shared import site
from shared.adapters.absent import AbsentMessenger
from shared.errors import CallRefusedError, UnavailableError
from shared.http import Haste
from shared.miniapp.pace import CALLS_AT_ONCE, INVOICE_CALLS, UPLOAD_CALLS
from shared.pages import ROUTES
from shared.people.accounts import OpenUser, open_user
from shared.ports import AppPorts
from shared.webhooks.publish_event import EVENTS_PATH
from tests.functions.app import ENV, ORIGIN, App, load_app, stop_sending
from tests.functions.conftest import ACCOUNT, Load
from tests.world import ME, OTHER, World, any_commit

HTML = "text/html; charset=utf-8"
PAGE = next(each.pattern for each in ROUTES if each.method == "GET" and "{" not in each.pattern)
"""A page that needs no more than the person."""


@pytest.fixture
def app(load: Load, world: World) -> App:
    return load_app(load, world)


async def test_the_shell_is_for_everybody(app: App) -> None:
    """The first page holds nothing of anybody, and its scripts and styles are files that browsers keep."""
    answer = await app.client.get("/", headers={"Accept-Language": "ru-RU,ru;q=0.9"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, HTML)
    assert '<html lang="ru">' in answer.text
    paths = [part.split('"')[0] for part in answer.text.split('="') if part.startswith("/static/")]
    assert len(paths) >= 2
    for path in paths:
        kept = await app.client.get(path)
        assert (kept.status_code, kept.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
    old = await app.client.get("/static/000000000000/app.css")
    assert (old.status_code, old.headers["Cache-Control"]) == (200, "public, max-age=60")
    assert (await app.client.get("/static/000000000000/../calls.py")).status_code in {401, 404}
    assert (await app.client.get("/static/calls.py")).status_code == 404


@pytest.mark.parametrize(
    ("path", "accepted", "language", "words"),
    [
        ("/rules", "ru,en;q=0.8", "ru", "Условия"),
        ("/rules", "de-DE", "en", "Money back"),
        ("/rules?language=ru", "en", "ru", "Вернуть деньги"),
        ("/rules?language=%3Cscript%3E", "", "en", "What I keep"),
    ],
)
async def test_the_rules_are_for_everybody(app: App, path: str, accepted: str, language: str, words: str) -> None:
    """Whoever has no Telegram reads terms, refunds and privacy, in the language of the browser or of the link."""
    app.world.ports = replace(app.world.ports, support_contact="@our_support", admin_roles={7: "viewer"})
    answer = await app.client.get(path, headers={"Accept-Language": accepted})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, HTML)
    assert f'<html lang="{language}">' in answer.text
    assert words in answer.text
    assert "<script" not in answer.text


async def test_a_person_signs_in(app: App) -> None:
    """What Telegram has signed gives a session, and the session gives pages."""
    signed_in = await app.sign_in(app.write_init_data())
    assert signed_in.status_code == 200
    said = signed_in.json()
    assert said == {"token": said["token"], "renewal": said["renewal"], "seconds": 3600, "language": "en"}
    page = await app.get(PAGE)
    assert (page.status_code, page.headers["Content-Type"]) == (200, HTML)
    assert page.headers["Cache-Control"] == "no-store"


async def test_a_session_ends(app: App) -> None:
    """After an hour a page is refused, and signing in with what Telegram signed then is refused too."""
    old = app.write_init_data()
    assert (await app.get(PAGE)).status_code == 200
    app.world.clock.advance(3601)
    assert (await app.get(PAGE)).status_code == 401
    assert (await app.sign_in(old)).status_code == 401
    assert (await app.sign_in(app.write_init_data())).status_code == 200


async def renew(app: App, renewal: str) -> httpx.Response:
    return await app.client.post("/renew", content=renewal, headers={"Origin": ORIGIN})


async def test_a_session_is_renewed(app: App) -> None:
    """An app that stays open goes on for a day after signing in, however often it is renewed, and then no more."""
    renewal = (await app.sign_in(app.write_init_data())).json()["renewal"]
    for _ in range(23):
        app.world.clock.advance(3600)
        assert (await app.get(PAGE)).status_code in {200, 401}
        renewed = await renew(app, renewal)
        assert (renewed.status_code, renewed.json().keys()) == (200, {"token", "seconds", "language"})
        app.sessions[ME] = renewed.json()["token"]
        assert (await app.get(PAGE)).status_code == 200
    app.world.clock.advance(3600)
    assert (await renew(app, renewal)).status_code == 401


async def test_a_session_is_no_renewal(app: App) -> None:
    """A session renews nothing, a renewal opens nothing, and nonsense does neither."""
    said = (await app.sign_in(app.write_init_data())).json()
    app.sessions[ME] = said["renewal"]
    assert (await app.get(PAGE)).status_code == 401
    for nonsense in (said["token"], "", "r1.501.en.9999999999.x", said["renewal"][:-1], "ü" * 90, "x" * 1000):
        assert (await renew(app, nonsense)).status_code in {401, 413}
    foreign = await app.client.post("/renew", content=said["renewal"], headers={"Origin": "https://evil.test"})
    assert foreign.status_code == 403


async def test_signing_out_ends_every_session(app: App) -> None:
    """Neither the session, nor its renewal, nor what Telegram opened the app with before gets anybody in again."""
    opened = app.write_init_data()
    renewal = (await app.sign_in(opened)).json()["renewal"]
    app.world.clock.advance(5)
    assert "You are signed out everywhere" in (await app.post("/privacy/sign-out")).text
    assert (await app.get(PAGE)).status_code == 401
    assert (await app.post("/gallery/AAAAAAAAAAAAAAAA/star")).status_code == 401
    assert (await renew(app, renewal)).status_code == 401
    assert (await app.sign_in(opened)).status_code == 401
    assert (await app.get(PAGE, OTHER)).status_code == 200
    app.world.clock.advance(5)
    app.sessions.clear()
    assert (await app.get(PAGE)).status_code == 200


async def test_signing_out_while_a_session_is_renewed(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who signs out between the look at the person and the new session has ended that session too."""
    renewal = (await app.sign_in(app.write_init_data())).json()["renewal"]
    await app.open()

    async def sign_out_after(ports: AppPorts, user_id: int) -> OpenUser:
        opened = await open_user(ports, user_id)
        app.world.clock.advance(5)
        await app.post("/privacy/sign-out")
        app.world.clock.advance(5)
        return opened

    monkeypatch.setattr(site, "open_user", sign_out_after)
    app.sessions[ME] = (await renew(app, renewal)).json()["token"]
    assert (await app.get(PAGE)).status_code == 401


async def test_a_session_that_is_renewed_within_a_sign_out(app: App) -> None:
    """A session that is dated after a sign-out looked at the clock, and before it is stored, is over too."""
    renewal = (await app.sign_in(app.write_init_data())).json()["renewal"]
    await app.open()
    renewed: list[str] = []

    async def renew_meanwhile() -> None:
        app.world.clock.advance(2)
        renewed.append((await renew(app, renewal)).json()["token"])

    app.world.store.interrupt(any_commit, renew_meanwhile)
    await app.post("/privacy/sign-out")
    [app.sessions[ME]] = renewed
    assert (await app.get(PAGE)).status_code == 401


@pytest.mark.parametrize("path", ["/sign-in", "/renew"])
async def test_a_stranger_who_sends_nothing(app: App, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """Who has shown nothing yet and stops sending is not waited for."""
    monkeypatch.setattr(site, "STRANGERS", Haste(grace_seconds=0.0, bytes_per_second_min=1e9, seconds_max=40.0))

    assert (await app.client.post(path, content=stop_sending(), headers={"Origin": ORIGIN})).status_code == 408


async def test_a_form_that_stops_coming(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody holds the turns of a process with forms that never end, also with a session."""
    session = await app.open()
    monkeypatch.setattr(site, "STRANGERS", Haste(grace_seconds=0.0, bytes_per_second_min=1e9, seconds_max=40.0))
    headers = {"Origin": ORIGIN, "Authorization": f"Bearer {session}"}
    assert (await app.client.post("/settings", content=stop_sending(), headers=headers)).status_code == 408


async def test_signing_in_is_slowed_down(app: App) -> None:
    """What Telegram has signed is good for an hour: whoever sends it again and again is slowed down like any caller."""
    opened = app.write_init_data()
    answers = [(await app.sign_in(opened)).status_code for _ in range(CALLS_AT_ONCE + 1)]
    assert (answers[-2], answers[-1]) == (200, 429)
    assert (await app.sign_in(app.write_init_data(OTHER))).status_code == 200


async def test_renewals_are_slowed_down(app: App) -> None:
    """A renewal counts as a call of the person's pace."""
    renewal = (await app.sign_in(app.write_init_data())).json()["renewal"]
    app.world.clock.advance(1)  # signing in was a call too
    answers = [(await renew(app, renewal)).status_code for _ in range(CALLS_AT_ONCE + 1)]
    assert (answers[-2], answers[-1]) == (200, 429)


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x", "Basic {}", "bearer {}", "Bearer {}x", "{}"])
async def test_no_session_no_page(app: App, authorization: str) -> None:
    """Only a session of ours opens a page; a cookie or an address never does."""
    headers = {"Authorization": authorization.format(await app.open())}
    assert (await app.client.get(PAGE, headers=headers)).status_code == 401
    assert (await app.client.get(f"{PAGE}?session={await app.open()}")).status_code == 401
    assert (await app.client.get(PAGE, headers={"Cookie": f"session={await app.open()}"})).status_code == 401


async def test_forms_of_other_sites(app: App) -> None:
    """A form of another site is refused, even with a session; ours is not found, since there is no such page."""
    for origin in ("https://evil.test", "null", "https://api.test.evil.test"):
        assert (await app.post("/nowhere", {}, Origin=origin)).status_code == 403
        assert (await app.client.post("/sign-in", content=b"", headers={"Origin": origin})).status_code == 403
    assert (await app.post("/nowhere", {})).status_code == 404


async def test_every_answer_has_the_headers(app: App) -> None:
    """Pages, files, refusals and errors say what may be loaded and who may show them, without any `unsafe-…`."""
    answers = [await app.get(path) for path in ("/", PAGE, "/nowhere", "/static/x/app.js", "/static/x/none.js")]
    answers += [await app.client.get(PAGE), await app.sign_in(b"nonsense")]
    answers += [await app.client.put(PAGE), await app.client.options("/sign-in")]
    app.world.store.read = fail  # type: ignore[method-assign,assignment]
    answers.append(await app.get(PAGE))
    assert [answer.status_code for answer in answers] == [200, 200, 404, 200, 404, 401, 401, 405, 405, 503]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "img-src 'self' blob: https://storage.googleapis.com/test-media/;" in policy
        assert "media-src 'self' https://storage.googleapis.com/test-media/;" in policy
        assert "frame-ancestors https://web.telegram.org " in policy
        assert "unsafe" not in policy
        assert "*" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "set-cookie" not in answer.headers


async def fail(*_: object) -> None:
    raise UnavailableError("the store is out")


async def test_a_person_is_slowed_down(app: App) -> None:
    """Whoever calls too often is told when to call again; nobody else notices."""
    await app.open()
    app.world.clock.advance(1)  # signing in was a call too
    answers = [await app.get(PAGE) for _ in range(CALLS_AT_ONCE + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert (answers[-1].status_code, answers[-1].headers["Retry-After"]) == (429, "1")
    assert (await app.get(PAGE, ME + 1)).status_code == 200
    app.world.clock.advance(1)
    assert (await app.get(PAGE)).status_code == 200


async def test_uploads_are_slowed_down_sooner(app: App) -> None:
    """Nobody has picture after picture decoded and stored: an upload counts as several calls."""
    await app.open()
    app.world.clock.advance(1)  # signing in was a call too
    answers = [await app.post("/uploads") for _ in range(CALLS_AT_ONCE // UPLOAD_CALLS + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {400}
    assert (answers[-1].status_code, answers[-1].headers["Retry-After"]) == (429, "2")


async def test_sendings_are_slowed_down_sooner(app: App) -> None:
    """A message that Telegram is to keep counts as several calls, like an invoice."""
    await app.open()
    app.world.clock.advance(1)  # signing in was a call too
    answers = [await app.post("/gallery/AAAAAAAAAAAAAAAA/send") for _ in range(CALLS_AT_ONCE // INVOICE_CALLS + 1)]
    assert [answer.status_code for answer in answers[-2:]] == [303, 429]


@pytest.mark.parametrize("name", ["TELEGRAM_BOT_ID", "TELEGRAM_BOT_USERNAME", "SESSION_SIGNING_KEY"])
async def test_no_mini_app(load: Load, world: World, name: str) -> None:
    """Where the bot or the key is not set there is no app: nobody signs in, and nothing is shown."""
    app = load_app(load, world, **{name: ""})
    assert (await app.client.get("/")).status_code == 404
    assert (await app.sign_in(app.write_init_data())).status_code == 404
    assert (await app.client.get("/health")).status_code == 200


async def test_other_methods(app: App) -> None:
    """Pages are read and forms are sent; nothing else is understood."""
    assert (await app.client.put(PAGE)).status_code == 405
    assert (await app.client.head("/")).status_code == 200
    assert (await app.client.post("/health", content=b"")).status_code == 404
    assert (await app.client.get("/ready")).json() == {"status": "ready"}


async def test_its_own_ports(load: Load) -> None:
    """It reaches documents, files and queues, and it has no Telegram to speak to."""
    ports = load("api", ENV | {"FIRESTORE_EMULATOR_HOST": "127.0.0.1:1"}).module.ports.get()
    assert isinstance(ports, AppPorts)
    assert isinstance(ports.messenger, AbsentMessenger)
    assert await ports.messenger.username() == "our_bot"
    assert ORIGIN
    with pytest.raises(CallRefusedError):
        await ports.messenger.send(1)


async def test_programs_have_addresses_of_their_own(load: Load, world: World) -> None:
    """Below /api/ the REST API answers, with problems and its own policy; everything else is the Mini App."""
    client = load_app(load, world, WEBHOOK_URL="https://webhook.test").client
    refused = await client.get("/api/v1/balance")
    assert (refused.status_code, refused.headers["Content-Type"]) == (401, "application/problem+json")
    assert "script-src" not in refused.headers["Content-Security-Policy"]
    assert (await client.get("/api/openapi.json")).json()["openapi"] == "3.1.0"
    assert (await client.post("/api/v1/webhooks/telegram")).headers["Location"] == "https://webhook.test"
    assert "script-src 'self'" in (await client.get("/apis")).headers["Content-Security-Policy"]


async def test_a_task_of_a_webhook_needs_its_token(load: Load, world: World, signer: TokenSigner) -> None:
    """Only Cloud Tasks has events sent: whoever else posts there is refused, and no other method has the address."""
    env = {"TASKS_OIDC_ISSUER": signer.issuer, "TASKS_OIDC_JWKS_URL": f"{signer.issuer}/jwks"}
    app, body = load_app(load, world, **env), b'{"event": "abcdefgh01234567"}'
    for token in ("", "Bearer x", f"Bearer {signer.token(ACCOUNT, 'https://bot.test')}"):
        answer = await app.client.post(EVENTS_PATH, content=body, headers={"Authorization": token})
        assert answer.status_code == 403
    good = {"Authorization": f"Bearer {signer.token(ACCOUNT, ORIGIN)}"}
    assert (await app.client.post(EVENTS_PATH, content=body, headers=good)).json() == {"ok": True}
    assert (await app.client.post(EVENTS_PATH, content=b"{}", headers=good)).status_code == 200
    assert (await app.client.get(EVENTS_PATH, headers=good)).status_code in {401, 404}
