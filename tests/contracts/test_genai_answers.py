"""The Gemini adapter alone: what it makes of all that can come back."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

import pytest
from google.genai.types import BlockedReason, FinishReason

from shared.providers.images import Image
from shared.providers.outcomes import Broken, Busy, FileRefused, Gone, Made, ModelOutcome, NoResult, Refused
from shared.providers.talk import Tokens
from tests.contracts.genai_calls import KEY, SECRET_PROMPT, TASK, answer, ask, candidate, picture
from tests.contracts.http_server import Reply, Server, serve_http


@pytest.fixture
def server() -> Iterator[Server]:
    with serve_http() as running:
        yield running


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
    assert await ask(server, reply) == Made(b"picture", "image/png", b"\xfe\xff")


async def test_tokens_of_a_picture(server: Server) -> None:
    """Thoughts are output; a response without numbers has none."""
    usage = {"promptTokenCount": 260, "candidatesTokenCount": 1290, "thoughtsTokenCount": 10}
    painted = {"finishReason": "STOP", "content": {"parts": [picture(b"picture")]}}
    outcome = await ask(server, answer(candidates=[painted], usageMetadata=usage))
    assert outcome == Made(b"picture", "image/png", tokens=Tokens(260, 1300))


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
        assert outcome == NoResult(reason, "Sorry")


@pytest.mark.parametrize("reason", [reason.value for reason in BlockedReason])
async def test_every_block_reason_is_a_refusal(server: Server, reason: str) -> None:
    """A blocked prompt has no candidates at all."""
    assert await ask(server, answer(promptFeedback={"blockReason": reason})) == Refused(reason)


async def test_long_words_are_cut(server: Server) -> None:
    """A model that talks instead of painting is not stored whole; its thoughts are not words."""
    reply = candidate("STOP", {"text": "thinking", "thought": True}, {"text": "x" * 9000})
    assert await ask(server, reply) == NoResult("STOP", "x" * 500)


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (answer(), NoResult("NO_CANDIDATE")),
        (answer(candidates=[]), NoResult("NO_CANDIDATE")),
        (answer(candidates=[{}]), NoResult("NO_CANDIDATE")),
        (candidate("STOP", {"inlineData": {"mimeType": "audio/wav", "data": "AAAA"}}), NoResult("STOP")),
        (candidate("STOP", {"inlineData": {"mimeType": "image/png", "data": ""}}), NoResult("STOP")),
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
    assert isinstance(await ask(server, reply), get_args(Busy | Broken | NoResult))


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(body=b'{"candidates": [{"content": {"par'), Busy("ValueError", is_fault=True)),
        (
            Reply(body=b'{"c', headers={"Content-Length": "99", "Connection": "close"}),
            Busy("ConnectionResetError", is_fault=True),
        ),
        (Reply(502, b"<html>", {"Content-Type": "text/html"}), Busy("HTTP_502", is_fault=True)),
    ],
)
async def test_half_an_answer_is_a_fault(server: Server, reply: Reply, outcome: ModelOutcome) -> None:
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
        (refusal(500, "INTERNAL"), Busy("INTERNAL", is_fault=True)),
        (refusal(503, "UNAVAILABLE"), Busy("UNAVAILABLE")),
        (refusal(504, "DEADLINE_EXCEEDED"), Busy("DEADLINE_EXCEEDED", is_fault=True)),
        (refusal(400, "INVALID_ARGUMENT"), Broken("INVALID_ARGUMENT")),
        (refusal(400, "FAILED_PRECONDITION"), Broken("FAILED_PRECONDITION")),
        (refusal(401, "UNAUTHENTICATED"), Broken("UNAUTHENTICATED")),
        (refusal(403, "PERMISSION_DENIED"), Broken("PERMISSION_DENIED")),
        (refusal(404, "NOT_FOUND"), Gone()),
        (refusal(410, "GONE"), Gone()),
        (refusal(400, f"{{odd: {SECRET_PROMPT}}}"), Broken("_odd_a_fox_nobody_may_read_about_")),
    ],
)
async def test_refusals_are_told_apart(server: Server, reply: Reply, outcome: ModelOutcome | Gone) -> None:
    """Later, or never: and only the status word is kept of what the provider says."""
    assert await ask(server, reply) == outcome


def bad_argument(message: str) -> Reply:
    body = {"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}}
    return Reply(400, json.dumps(body).encode(), {"Content-Type": "application/json"})


@pytest.mark.parametrize(
    "message",
    [
        "Unable to process input image. Please retry or report in https://example.com/troubleshooting",
        "Provided image is not valid",
        "Unsupported MIME type: image/heic",
        "* GenerateContentRequest.contents[0].parts[1].inline_data.mime_type: MIME type must be image/png.",
        "Failed to decode image",
    ],
)
async def test_refusal_of_a_file(server: Server, message: str) -> None:
    """What the model says about a picture that somebody sent is about that picture; without one it is about us."""
    task = replace(TASK, references=(Image(b"picture", "image/png"),))
    assert await ask(server, bad_argument(message), task) == FileRefused("INVALID_ARGUMENT")
    assert await ask(server, bad_argument(message)) == Broken("INVALID_ARGUMENT")


@pytest.mark.parametrize(
    "message",
    [
        "Request contains an invalid argument.",
        "Unsupported image size: 8K",
        "Invalid value at 'generation_config.image_config.aspect_ratio'",
        "API key not valid. Please pass a valid API key.",
    ],
)
async def test_refusal_of_a_setting(server: Server, message: str) -> None:
    """A request that is wrong for another reason is our bug, with a picture as well."""
    task = replace(TASK, references=(Image(b"picture", "image/png"),))
    assert await ask(server, bad_argument(message), task) == Broken("INVALID_ARGUMENT")
