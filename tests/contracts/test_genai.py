"""The Gemini adapter alone: what it puts on the wire, and what it makes of all that can come back."""

import asyncio
import base64
import json
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from threading import Event
from typing import Any, get_args

import pytest
from google.auth.exceptions import RefreshError
from google.genai.types import BlockedReason, FinishReason
from google.oauth2.credentials import Credentials

from infra.local.gemini import Fault, Gemini, run_gemini
from infra.local.ports import find_free_port
from shared.adapters.genai import Access, GeminiModel
from shared.domain.jobs import MODEL_SECONDS_MAX
from shared.domain.outcomes import (
    Broken,
    Busy,
    Image,
    Made,
    ModelOutcome,
    NoImage,
    PictureTask,
    Refused,
    TimedOut,
    Turn,
)
from shared.usage import start_usage
from tests.contracts.http_server import Reply, Server, serve_http

WANTED, FALLBACK = "gemini-nano-banana-2.1", "gemini-3.1-flash-lite-image"
TASK = PictureTask((WANTED, FALLBACK), "a red fox", "16:9", "1K")
SAFETY = dict.fromkeys(
    (
        "HARM_CATEGORY_HARASSMENT",
        "HARM_CATEGORY_HATE_SPEECH",
        "HARM_CATEGORY_SEXUALLY_EXPLICIT",
        "HARM_CATEGORY_DANGEROUS_CONTENT",
    ),
    "BLOCK_ONLY_HIGH",
)
KEY = "TEST-key-that-is-not-real"
SECRET_PROMPT = "a fox nobody may read about"


def enterprise(base_url: str) -> GeminiModel:
    credentials = Credentials("test-token")  # type: ignore[no-untyped-call]
    return GeminiModel(Access(project="test-project", base_url=base_url, credentials=credentials))


@pytest.fixture
async def gemini() -> AsyncIterator[Gemini]:
    async with run_gemini() as running:
        yield running


@pytest.fixture
async def model(gemini: Gemini) -> AsyncIterator[GeminiModel]:
    made = GeminiModel(Access(api_key=KEY, base_url=gemini.base_url))
    yield made
    await made.close()


@pytest.fixture
def server() -> Iterator[Server]:
    with serve_http() as running:
        yield running


async def ask(server: Server, reply: Reply, task: PictureTask = TASK) -> ModelOutcome:
    """What comes of a call that is answered like this."""
    server.answer = lambda _: reply
    model = GeminiModel(Access(api_key=KEY, base_url=server.url))
    outcome = await model.make_picture(task)
    await model.close()
    return outcome


def answer(**fields: Any) -> Reply:
    return Reply(body=json.dumps(fields).encode(), headers={"Content-Type": "application/json"})


def candidate(reason: str, *parts: dict[str, Any]) -> Reply:
    return answer(candidates=[{"finishReason": reason, "content": {"role": "model", "parts": list(parts)}}])


def picture(content: bytes, **fields: Any) -> dict[str, Any]:
    return {"inlineData": {"mimeType": "image/png", "data": base64.b64encode(content).decode()}, **fields}


# --- the wire ---


async def test_developer_call_carries_our_rules(gemini: Gemini, model: GeminiModel) -> None:
    """Nothing is stored, all four filters are set, and the picture is the one that was asked for."""
    assert isinstance(await model.make_picture(replace(TASK, size="2K")), Made)
    [call] = gemini.calls()
    assert (call.api, call.model) == ("developer", WANTED)
    assert (call.store_present, call.store) == (True, False)
    assert call.safety_settings == SAFETY
    assert call.response_modalities == ["TEXT", "IMAGE"]
    assert (call.aspect_ratio, call.image_size) == ("16:9", "2K")


async def test_enterprise_call_carries_our_rules(gemini: Gemini) -> None:
    """The same without `store`, which that API does not have."""
    model = enterprise(gemini.base_url)
    assert isinstance(await model.make_picture(TASK), Made)
    [call] = gemini.calls()
    assert (call.api, call.model, call.store_present) == ("enterprise", WANTED, False)
    assert call.safety_settings == SAFETY
    await model.close()


async def test_rules_hold_for_every_kind_of_call(gemini: Gemini, model: GeminiModel) -> None:
    """With references, with an earlier version, after a fallback: `store` and the filters are always there."""
    gemini.set_faults(Fault("gone", model=WANTED, times=1))
    first = await model.make_picture(TASK)
    assert isinstance(first, Made)
    shown = Image(first.content, first.mime_type)
    await model.make_picture(replace(TASK, references=(shown,)))
    await model.make_picture(replace(TASK, parent=Turn(TASK.prompt, shown, first.signature)))
    await model.make_picture(replace(TASK, parent=Turn(TASK.prompt, shown, b"")))
    assert [call.outcome for call in gemini.calls()] == ["404 NOT_FOUND"] + ["STOP"] * 4
    assert all(call.store is False and call.safety_settings == SAFETY for call in gemini.calls()[1:])
    assert gemini.calls()[0].store_present


async def test_new_version_is_a_conversation(gemini: Gemini, model: GeminiModel) -> None:
    """What was asked, what was answered with its signature, what is asked now with its references."""
    first = await model.make_picture(TASK)
    assert isinstance(first, Made)
    shown = Image(first.content, first.mime_type)
    turn = Turn(TASK.prompt, shown, first.signature)
    await model.make_picture(replace(TASK, prompt="at night", parent=turn, references=(shown,)))
    call = gemini.calls()[-1]
    assert (call.outcome, call.turns, call.images_in, call.had_signature) == ("STOP", 3, 2, True)
    assert call.prompt.endswith("at night")


async def test_unsigned_version_is_material(gemini: Gemini, model: GeminiModel) -> None:
    """A model's turn without its signature would be refused: the picture goes into the question."""
    shown = await model.make_picture(TASK)
    assert isinstance(shown, Made)
    turn = Turn(TASK.prompt, Image(shown.content, shown.mime_type), b"")
    await model.make_picture(replace(TASK, prompt="at night", parent=turn))
    call = gemini.calls()[-1]
    assert (call.outcome, call.turns, call.images_in, call.had_signature) == ("STOP", 1, 1, False)


async def test_request_is_built_in_order(server: Server) -> None:
    """On the wire: the earlier question, the signed answer, then the new question before its references."""
    parent = Turn("a fox", Image(b"old", "image/png"), b"\xff\x01signed")
    task = replace(TASK, prompt="at night", parent=parent, references=(Image(b"new", "image/jpeg"),))
    await ask(server, candidate("NO_IMAGE"), task)
    contents = json.loads(server.requests[0].body)["contents"]
    assert [turn["role"] for turn in contents] == ["user", "model", "user"]
    assert contents[0]["parts"] == [{"text": "a fox"}]
    [part] = contents[1]["parts"]
    assert base64.urlsafe_b64decode(part["thoughtSignature"]) == b"\xff\x01signed"
    assert [next(iter(part)) for part in contents[2]["parts"]] == ["text", "inlineData"]


async def test_time_limit_is_told_to_the_server(server: Server) -> None:
    """The limit of the job's rules reaches Google, and the key travels in a header, not in the address."""
    await ask(server, candidate("NO_IMAGE"))
    [request] = server.requests
    assert request.headers["x-server-timeout"] == str(MODEL_SECONDS_MAX)
    assert request.headers["x-goog-api-key"] == KEY
    assert KEY not in request.path


# --- one call ---


@pytest.mark.parametrize("kind", ["unavailable", "internal", "busy", "lost"])
async def test_nothing_is_retried(gemini: Gemini, model: GeminiModel, kind: Any) -> None:
    """One request of ours is one call, and its failure is for the caller to wait out."""
    gemini.set_faults(Fault(kind))
    assert isinstance(await model.make_picture(TASK), Busy)
    assert len(gemini.calls()) == 1


async def test_continuation_is_not_followed(server: Server) -> None:
    """The library would go on asking by itself while the answer says that more is to come."""
    reply = answer(candidates=[{"finishReason": "CONTINUATION", "continuationToken": "bW9yZQ=="}])
    assert await ask(server, reply) == NoImage("CONTINUATION")
    assert len(server.requests) == 1


async def test_time_limit_ends_a_call(gemini: Gemini) -> None:
    """A model that takes too long is given up, and told so by the closed connection."""
    gemini.set_faults(Fault("slow", seconds=30))
    model = GeminiModel(Access(api_key=KEY, base_url=gemini.base_url), seconds_max=0.3)
    assert await model.make_picture(TASK) == TimedOut()
    calls = await gemini.wait_for_calls(lambda calls: bool(calls) and calls[0].outcome == "ABANDONED")
    assert len(calls) == 1
    await model.close()


async def test_time_limit_covers_all_models(server: Server) -> None:
    """Falling back does not start the clock again."""
    never = Event()
    server.answer = lambda _: Reply(500 if never.wait(0.3) else 404)
    model = GeminiModel(Access(api_key=KEY, base_url=server.url), seconds_max=0.5)
    assert await model.make_picture(TASK) == TimedOut()
    assert len(server.requests) == 2
    await model.close()


async def test_cancelled_call_is_cancelled(gemini: Gemini, model: GeminiModel) -> None:
    """A caller who gives up gets no outcome."""
    gemini.set_faults(Fault("slow", seconds=30))
    call = asyncio.create_task(model.make_picture(TASK))
    await gemini.wait_for_calls(bool)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


# --- models come and go ---


async def test_retired_model_is_replaced(gemini: Gemini, model: GeminiModel) -> None:
    """404 for the wanted model: the next one paints."""
    gemini.set_faults(Fault("gone", model=WANTED))
    usage = start_usage()
    assert isinstance(await model.make_picture(TASK), Made)
    assert [call.model for call in gemini.calls()] == [WANTED, FALLBACK]
    assert usage.model_calls == 2


async def test_signature_is_not_for_the_next_model(gemini: Gemini, model: GeminiModel) -> None:
    """The model that stands in gets the earlier version as a plain picture: another's signature is not for it."""
    first = await model.make_picture(TASK)
    assert isinstance(first, Made)
    gemini.set_faults(Fault("gone", model=WANTED))
    turn = Turn(TASK.prompt, Image(first.content, first.mime_type), first.signature)
    assert isinstance(await model.make_picture(replace(TASK, parent=turn)), Made)
    call = gemini.calls()[-1]
    assert (call.model, call.turns, call.images_in, call.had_signature) == (FALLBACK, 1, 1, False)


async def test_no_model_left_is_our_fault(gemini: Gemini, model: GeminiModel) -> None:
    """A catalogue full of retired models is broken."""
    gemini.set_faults(Fault("gone"))
    assert await model.make_picture(TASK) == Broken("NOT_FOUND")


async def test_only_404_leads_to_the_next_model(gemini: Gemini, model: GeminiModel) -> None:
    """Where the region is not served, no other model is tried."""
    gemini.set_faults(Fault("location"))
    assert await model.make_picture(TASK) == Broken("FAILED_PRECONDITION")
    assert len(gemini.calls()) == 1


# --- answers ---


async def test_last_picture_that_is_no_thought_counts(server: Server) -> None:
    """Sketches come before the picture or are marked as thoughts."""
    reply = candidate(
        "STOP",
        picture(b"sketch", thought=True),
        {"text": "here it is"},
        picture(b"first"),
        picture(b"picture", thoughtSignature=base64.b64encode(b"\xfe\xff").decode()),
        picture(b"afterthought", thought=True),
    )
    assert await ask(server, reply) == Made(b"picture", "image/png", b"\xfe\xff", "gemini-nano-banana-2.1")


FILTERS = {
    "SAFETY", "IMAGE_SAFETY", "PROHIBITED_CONTENT", "IMAGE_PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "RECITATION",
    "IMAGE_RECITATION", "MODEL_ARMOR", "ESCALATION",
}  # fmt: skip


@pytest.mark.parametrize("reason", [reason.value for reason in FinishReason])
async def test_every_finish_reason_has_a_meaning(server: Server, reason: str) -> None:
    """Filters refuse, a lost signature is our bug, all others are answers without a picture."""
    outcome = await ask(server, candidate(reason, {"text": "Sorry", "thought": False}))
    if reason in FILTERS:
        assert outcome == Refused(reason)
    elif reason == "MISSING_THOUGHT_SIGNATURE":
        assert outcome == Broken(reason)
    else:
        assert outcome == NoImage(reason, "Sorry")


@pytest.mark.parametrize("reason", [reason.value for reason in BlockedReason])
async def test_every_block_reason_is_a_refusal(server: Server, reason: str) -> None:
    """A blocked prompt has no candidates at all."""
    assert await ask(server, answer(promptFeedback={"blockReason": reason})) == Refused(reason)


async def test_long_words_are_cut(server: Server) -> None:
    """A model that talks instead of painting is not stored whole; its thoughts are not words."""
    reply = candidate("STOP", {"text": "thinking", "thought": True}, {"text": "x" * 9000})
    assert await ask(server, reply) == NoImage("STOP", "x" * 500)


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (answer(), NoImage("NO_CANDIDATE")),
        (answer(candidates=[]), NoImage("NO_CANDIDATE")),
        (answer(candidates=[{}]), NoImage("NO_CANDIDATE")),
        (candidate("STOP", {"inlineData": {"mimeType": "audio/wav", "data": "AAAA"}}), NoImage("STOP")),
        (candidate("STOP", {"inlineData": {"mimeType": "image/png", "data": ""}}), NoImage("STOP")),
    ],
)
async def test_empty_answers(server: Server, reply: Reply, outcome: ModelOutcome) -> None:
    """Whatever is missing on the way to a picture, the answer has none."""
    assert await ask(server, reply) == outcome


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b""),
        Reply(body=b"<html>gateway</html>"),
        Reply(body=b'{"candidates": [{"content": {"par'),
        Reply(body=b"[]"),
        Reply(body=b'"text"'),
        Reply(body=b'{"candidates": "none"}'),
        Reply(body=b"\xff\xfe\x00"),
        candidate("STOP", {"inlineData": {"mimeType": "image/png", "data": "not base64!"}}),
        Reply(body=b'{"cand', headers={"Content-Length": "9999", "Connection": "close"}),
        Reply(500, b"<html>"),
        Reply(502, b'"text"'),
        Reply(503, b"[]"),
        Reply(503, b'{"error": "text"}'),
        Reply(418, b'{"error": [1, 2]}'),
        Reply(302, b"", {"Location": "/elsewhere"}),
    ],
)
async def test_nothing_escapes(server: Server, reply: Reply) -> None:
    """Broken and odd answers of every kind become an outcome, never an exception and never a picture."""
    assert isinstance(await ask(server, reply), get_args(Busy | Broken | NoImage))


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(body=b'{"candidates": [{"content": {"par'), Busy("JSONDecodeError")),
        (Reply(body=b'{"c', headers={"Content-Length": "99", "Connection": "close"}), Busy("RemoteProtocolError")),
        (Reply(502, b"<html>", {"Content-Type": "text/html"}), Busy("Bad_Gateway")),
    ],
)
async def test_half_an_answer_is_busy(server: Server, reply: Reply, outcome: ModelOutcome) -> None:
    """An answer that breaks off says nothing about our request: it may be made again."""
    assert await ask(server, reply) == outcome


def refusal(code: int, status: str, *details: dict[str, Any]) -> Reply:
    error = {"code": code, "status": status, "message": f"{SECRET_PROMPT} {KEY}", "details": list(details)}
    return Reply(code, json.dumps({"error": error}).encode(), {"Content-Type": "application/json"})


RETRY_INFO = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.07s"}


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (refusal(429, "RESOURCE_EXHAUSTED", {"reason": "x"}, RETRY_INFO), Busy("RESOURCE_EXHAUSTED", 34.07)),
        (refusal(429, "RESOURCE_EXHAUSTED"), Busy("RESOURCE_EXHAUSTED")),
        (refusal(429, "RESOURCE_EXHAUSTED", {"retryDelay": "soon"}), Busy("RESOURCE_EXHAUSTED")),
        (refusal(408, "CANCELLED"), Busy("CANCELLED")),
        (refusal(500, "INTERNAL"), Busy("INTERNAL")),
        (refusal(503, "UNAVAILABLE"), Busy("UNAVAILABLE")),
        (refusal(504, "DEADLINE_EXCEEDED"), Busy("DEADLINE_EXCEEDED")),
        (refusal(400, "INVALID_ARGUMENT"), Broken("INVALID_ARGUMENT")),
        (refusal(400, "FAILED_PRECONDITION"), Broken("FAILED_PRECONDITION")),
        (refusal(401, "UNAUTHENTICATED"), Broken("UNAUTHENTICATED")),
        (refusal(403, "PERMISSION_DENIED"), Broken("PERMISSION_DENIED")),
        (refusal(404, "NOT_FOUND"), Broken("NOT_FOUND")),
        (refusal(410, "GONE"), Broken("NOT_FOUND")),
        (refusal(400, f"{{odd: {SECRET_PROMPT}}}"), Broken("_odd_a_fox_nobody_may_read_about_")),
    ],
)
async def test_refusals_are_told_apart(server: Server, reply: Reply, outcome: ModelOutcome) -> None:
    """Later, or never: and only the status word is kept of what the provider says."""
    assert await ask(server, reply) == outcome


async def test_no_connection_is_busy() -> None:
    """Nobody listens there: nothing was asked."""
    model = GeminiModel(Access(api_key=KEY, base_url=f"http://127.0.0.1:{find_free_port()}"))
    assert await model.make_picture(TASK) == Busy("ConnectError")
    await model.close()


async def test_wrong_credentials_are_our_fault(gemini: Gemini) -> None:
    """A service account that may not, or is not there, is no reason to try again."""

    class Expired(Credentials):
        def refresh(self, request: Any) -> None:
            raise RefreshError(f"no, {KEY}")  # type: ignore[no-untyped-call]

    credentials = Expired(None)  # type: ignore[no-untyped-call]
    access = Access(project="test-project", base_url=gemini.base_url, credentials=credentials)
    model = GeminiModel(access)
    assert await model.make_picture(TASK) == Broken("CREDENTIALS")
    await model.close()


async def test_settings_are_not_overruled_by_the_environment(
    gemini: Gemini, model: GeminiModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables that the library reads by itself do not move our calls to another API or project."""
    monkeypatch.setenv("GOOGLE_GENAI_USE_ENTERPRISE", "true")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "another-project")
    monkeypatch.setenv("GOOGLE_API_KEY", "TEST-another-key")
    assert isinstance(await model.make_picture(TASK), Made)
    other = enterprise(gemini.base_url)
    assert isinstance(await other.make_picture(TASK), Made)
    assert [call.api for call in gemini.calls()] == ["developer", "enterprise"]
    await other.close()


async def test_logs_know_neither_prompt_nor_key(
    gemini: Gemini, model: GeminiModel, caplog: pytest.LogCaptureFixture
) -> None:
    """With the root logger wide open, nothing that people wrote and no secret is in a record."""
    caplog.set_level(logging.DEBUG)
    gemini.set_faults(Fault("internal", times=1))
    task = replace(TASK, prompt=SECRET_PROMPT)
    await model.make_picture(task)
    await model.make_picture(task)
    written = [record.getMessage() + str(record.args) + str(record.exc_text) for record in caplog.records]
    assert not [line for line in written if SECRET_PROMPT in line or KEY in line]
