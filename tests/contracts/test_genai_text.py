"""The adapter of Gemini's answers in words alone: what it puts on the wire, what it makes of all that can come back."""

import asyncio
import base64
import gc
import json
import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from typing import Any, get_args

import pytest
from google.genai.types import BlockedReason, FinishReason
from google.oauth2.credentials import Credentials

from infra.local.ports import find_free_port
from shared.adapters.gemini_access import Access
from shared.adapters.genai_text import GeminiText
from shared.jobs.time_limits import ANSWER_SECONDS_MAX
from shared.providers.files import Document
from shared.providers.images import Image
from shared.providers.ladder import TextRung, TokenPrice
from shared.providers.outcomes import Broken, Busy, FileRefused, Gone, ModelOutcome, NoResult, Refused, TimedOut
from shared.providers.talk import Line, Sound, Source, Talk, Tokens, Told
from tests.contracts.genai_calls import KEY, SECRET_PROMPT
from tests.contracts.http_server import Reply
from tests.contracts.stream_server import Step, StreamServer, chunk, error, serve_stream

HANG_UP_SECONDS_MAX = 0.5
PRICES = (TokenPrice(date(2026, 1, 1), 750_000, 3_750_000),)
RUNG = TextRung(provider="gemini", id="gemini-3.8-flash", shutdown_on=None, prices=PRICES)
TALK = Talk("Be short.", (Line("person", "What is a fox?"),), output_tokens_max=100)
SENTENCE = "A fox is an animal. "
SCHEMA = {"type": "object", "properties": {"act": {"enum": ["draw", "answer"]}}, "required": ["act"]}
STOP = chunk("", finish="STOP")


@pytest.fixture
async def server() -> AsyncIterator[StreamServer]:
    async with serve_stream() as running:
        yield running


@asynccontextmanager
async def open_model(server: StreamServer, **options: float) -> AsyncIterator[GeminiText]:
    model = GeminiText(Access(api_key=KEY, base_url=server.url), **options)
    yield model
    await model.close()


async def ask(
    server: StreamServer,
    *steps: Step,
    talk: Talk = TALK,
    hear: Callable[[str], None] = lambda _: None,
    **options: float,
) -> ModelOutcome | Gone:
    """The result of a call that is answered like this."""
    server.answers.append([*steps])
    async with open_model(server, **options) as model:
        return await model.stream(RUNG, talk, hear)


# --- the wire ---


async def test_developer_call_carries_our_rules(server: StreamServer) -> None:
    """Streamed and not stored, with our filters, our instruction, the turns in order, and a bound on what it writes."""
    lines = (
        Line("person", "Hello"),
        Line("model", "Hello!"),
        Line(
            "person",
            "What is it?",
            (Image(b"\xff\xd8", "image/jpeg"), Image(b"\x89PNG", "image/png")),
            (Document(b"%PDF-1.4", "application/pdf", 1),),
        ),
    )
    await ask(server, STOP, talk=replace(TALK, lines=lines, thinking="medium", schema=SCHEMA))
    [request] = server.requests
    assert request.path == "/v1/models/gemini-3.8-flash:streamGenerateContent?alt=sse"
    assert request.headers["x-goog-api-key"] == KEY
    assert request.headers["x-server-timeout"] == str(ANSWER_SECONDS_MAX)
    body = json.loads(request.body)
    assert body["store"] is False
    assert {each["threshold"] for each in body["safetySettings"]} == {"BLOCK_ONLY_HIGH"}
    assert len(body["safetySettings"]) == 4
    assert body["systemInstruction"]["parts"] == [{"text": "Be short."}]
    assert [turn["role"] for turn in body["contents"]] == ["user", "model", "user"]
    assert [turn["parts"] for turn in body["contents"][:2]] == [[{"text": "Hello"}], [{"text": "Hello!"}]]
    first, second, document, words = body["contents"][2]["parts"]
    assert first["inlineData"] == {"data": base64.urlsafe_b64encode(b"\xff\xd8").decode(), "mime_type": "image/jpeg"}
    assert second["inlineData"]["mime_type"] == "image/png"
    assert document["inlineData"] == {
        "data": base64.urlsafe_b64encode(b"%PDF-1.4").decode(),
        "mime_type": "application/pdf",
    }
    assert words == {"text": "What is it?"}
    assert body["generationConfig"] == {
        "maxOutputTokens": 100,
        "thinkingConfig": {"thinking_level": "MEDIUM"},
        "responseMimeType": "application/json",
        "responseJsonSchema": SCHEMA,
    }


async def test_enterprise_call_carries_our_rules(server: StreamServer) -> None:
    """The same without `store`, which that API does not have, by the token of the service account."""
    server.answers.append([STOP])
    credentials = Credentials("test-token")  # type: ignore[no-untyped-call]
    model = GeminiText(Access(project="test-project", base_url=server.url, credentials=credentials))
    await model.stream(RUNG, TALK, lambda _: None)
    await model.close()
    [request] = server.requests
    place = "/projects/test-project/locations/global/publishers/google/models/gemini-3.8-flash"
    assert request.path.endswith(f"{place}:streamGenerateContent?alt=sse")
    assert request.headers["authorization"] == "Bearer test-token"
    body = json.loads(request.body)
    assert "store" not in body
    assert len(body["safetySettings"]) == 4


async def test_a_recording_goes_inside_the_request(server: StreamServer) -> None:
    """The bytes of a recording stand before the words about it, with its form; a file that is refused is the file's."""
    asked = Line("person", "Write it down.", sounds=(Sound(b"OggS", "audio/ogg"),))
    await ask(server, STOP, talk=replace(TALK, lines=(asked,)))
    [content] = json.loads(server.requests[0].body)["contents"]
    data = base64.urlsafe_b64encode(b"OggS").decode()
    assert content["parts"] == [{"inlineData": {"data": data, "mime_type": "audio/ogg"}}, {"text": "Write it down."}]


async def test_what_is_not_asked_for_is_not_sent(server: StreamServer) -> None:
    """No thinking, no schema, no instruction; a line without words is its picture."""
    await ask(server, STOP, talk=Talk("", (Line("person", "", (Image(b"\x89PNG", "image/png"),)),), 100))
    body = json.loads(server.requests[0].body)
    assert "systemInstruction" not in body
    assert body["generationConfig"] == {"maxOutputTokens": 100}
    assert [list(part) for part in body["contents"][0]["parts"]] == [["inlineData"]]


async def test_a_search_is_asked_for(server: StreamServer) -> None:
    """Only where the talk says so Google Search is among the tools, alone and without options."""
    await ask(server, STOP, talk=replace(TALK, search=True))
    await ask(server, STOP)
    with_search, without = (json.loads(request.body) for request in server.requests)
    assert with_search["tools"] == [{"googleSearch": {}}]
    assert "tools" not in without


# --- what comes back ---


def grounding(queries: list[str], *pages: tuple[str, str]) -> dict[str, Any]:
    """The metadata of a searched answer, as the REST API writes it."""
    chunks = [{"web": {"uri": uri, "title": title}} for uri, title in pages]
    segment = {"startIndex": 0, "endIndex": 5, "text": "A fox"}
    return {
        "webSearchQueries": queries,
        "groundingChunks": [*chunks, {"retrievedContext": {"uri": "gs://x/y"}}, {"web": {"title": "no address"}}],
        "groundingSupports": [{"segment": segment, "groundingChunkIndices": [0]}],
        "searchEntryPoint": {"renderedContent": "<div>fox</div>"},
    }


async def test_what_a_search_found(server: StreamServer) -> None:
    """Queries and pages come with late chunks and are told once each, queries first, as links to Google's results."""
    first = chunk(SENTENCE)
    first["candidates"][0]["groundingMetadata"] = grounding(["fox"], ("https://a.example/1", "a.example"))
    last = chunk("", finish="STOP", usage={"prompt": 7, "candidates": 5, "toolUsePrompt": 3})
    pages = ("https://a.example/1", "again"), ("https://b.example/2", "")
    last["candidates"][0]["groundingMetadata"] = grounding(["fox", "red fox"], *pages)
    outcome = await ask(server, first, last, talk=replace(TALK, search=True))
    queries = [
        Source(f"https://www.google.com/search?q={q.replace(' ', '+')}", f"Google: {q}") for q in ("fox", "red fox")
    ]
    sources = (*queries, Source("https://a.example/1", "a.example"), Source("https://b.example/2", ""))
    assert outcome == Told(SENTENCE, Tokens(10, 5), model_id=RUNG.id, searches=2, sources=sources)


async def test_what_a_broken_search_found(server: StreamServer) -> None:
    """An answer that was cut off keeps the sources named until then."""
    first = chunk(SENTENCE)
    first["candidates"][0]["groundingMetadata"] = grounding(["fox"], ("https://a.example/1", "a.example"))
    outcome = await ask(server, first, error(503, "UNAVAILABLE"), talk=replace(TALK, search=True))
    assert isinstance(outcome, Told)
    assert (outcome.is_whole, outcome.searches, len(outcome.sources)) == (False, 1, 2)


async def test_thoughts_are_not_said(server: StreamServer) -> None:
    """They are neither heard nor kept."""
    heard = list[str]()
    thought = {"candidates": [{"content": {"parts": [{"text": "Hmm.", "thought": True}, {"text": "A fox."}]}}]}
    assert await ask(server, thought, STOP, hear=heard.append) == Told("A fox.", None, model_id=RUNG.id)
    assert heard == ["A fox."]


async def test_characters_are_whole(server: StreamServer) -> None:
    """An emoji that two chunks share is one character, and half of one, which nothing could store, is left out."""
    outcome = await ask(server, chunk("A \ud83d"), chunk("\ude00 and \ud83d"), STOP)
    assert isinstance(outcome, Told)
    assert outcome.text == "A 😀 and "


async def test_last_usage_counts(server: StreamServer) -> None:
    """Counts grow while it speaks; what it thought is paid as what it wrote, what tools read as what was given."""
    counts = {"prompt": 10, "candidates": 1}
    last = {"prompt": 10, "candidates": 30, "thoughts": 500, "toolUsePrompt": 7, "cachedContent": 3, "total": 547}
    steps = (chunk("A fox", usage=counts), chunk(" is.", usage=last), chunk("", finish="STOP"))
    outcome = await ask(server, *steps)
    assert isinstance(outcome, Told)
    assert outcome.tokens == Tokens(given=17, made=530)


async def test_counts_before_the_end_are_not_taken_for_all(server: StreamServer) -> None:
    """After a broken connection the charge is unknown."""
    outcome = await ask(server, chunk(SENTENCE, usage={"prompt": 10, "candidates": 4}), "cut")
    assert outcome == Told(SENTENCE, None, is_whole=False, model_id=RUNG.id)


async def test_another_model_says_so(server: StreamServer) -> None:
    """An id that is served by another model does not go unnoticed."""
    outcome = await ask(server, chunk("A fox.", modelVersion="gemini-3.9-flash"), STOP)
    assert isinstance(outcome, Told)
    assert outcome.model_id == "gemini-3.9-flash"


async def test_a_model_that_is_ending_says_so_once(server: StreamServer, capsys: pytest.CaptureFixture[str]) -> None:
    """Each chunk says that the model is being retired; the log says it once an answer."""
    status: dict[str, Any] = {"modelStatus": {"modelStage": "DEPRECATED", "retirementTime": "2027-01-01T00:00:00Z"}}
    await ask(server, chunk("A fox.", **status), chunk("", finish="STOP", **status))
    [line] = [json.loads(each) for each in capsys.readouterr().out.splitlines() if "model_ending" in each]
    assert (line["model_id"], line["stage"]) == (RUNG.id, "DEPRECATED")
    assert line["ends_at"].startswith("2027-01-01")


FILTERS = {
    "SAFETY", "IMAGE_SAFETY", "PROHIBITED_CONTENT", "IMAGE_PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "RECITATION",
    "IMAGE_RECITATION", "MODEL_ARMOR", "ESCALATION",
}  # fmt: skip


@pytest.mark.parametrize("reason", [reason.value for reason in FinishReason])
async def test_every_finish_reason_has_a_meaning(server: StreamServer, reason: str) -> None:
    """With nothing said a filter refuses, a lost signature is our bug, all others are no answer; what was said stays,
    whole after STOP alone."""
    silent = await ask(server, chunk("", finish=reason))
    if reason in FILTERS:
        assert silent == Refused(reason)
    elif reason == "MISSING_THOUGHT_SIGNATURE":
        assert silent == Broken(reason)
    else:
        assert silent == NoResult(reason)
    said = await ask(server, chunk(SENTENCE), chunk("", finish=reason))
    filter_reason = reason if reason in FILTERS else ""
    assert said == Told(SENTENCE, None, reason == "STOP", RUNG.id, filter_reason)


@pytest.mark.parametrize("reason", [reason.value for reason in BlockedReason])
async def test_every_block_reason_is_a_refusal(server: StreamServer, reason: str) -> None:
    """A blocked question has no candidates at all, and is counted."""
    blocked = {"promptFeedback": {"blockReason": reason}, "usageMetadata": {"promptTokenCount": 9}}
    assert await ask(server, blocked) == Refused(reason)


@pytest.mark.parametrize("said", ["", " \n"])
async def test_nothing_to_see_is_no_answer(server: StreamServer, said: str) -> None:
    """Blanks are no words; a model that thinks up to its limit has said nothing."""
    assert await ask(server, chunk(said, finish="STOP")) == NoResult("STOP", said)
    assert await ask(server, chunk(said, finish="MAX_TOKENS")) == NoResult("MAX_TOKENS", said)


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ([], Busy("NO_FINISH_REASON", is_fault=True)),
        ([chunk("A fox")], Busy("NO_FINISH_REASON", is_fault=True)),
        (["cut"], Busy("RemoteProtocolError", is_fault=True)),
        ([chunk("A fox"), "cut"], Busy("RemoteProtocolError", is_fault=True)),
        ([b'data: {"candidates": [{"con\r\n\r\n'], Busy("UnknownApiResponseError", is_fault=True)),
        ([error(503, "UNAVAILABLE")], Busy("UNAVAILABLE")),
        ([chunk("A fox"), error(500, "INTERNAL")], Busy("INTERNAL", is_fault=True)),
        ([error(429, "RESOURCE_EXHAUSTED")], Busy("RESOURCE_EXHAUSTED")),
        ([error(400, "INVALID_ARGUMENT")], Broken("INVALID_ARGUMENT")),
        ([error(404, "NOT_FOUND")], Gone()),
    ],
)  # fmt: skip
async def test_broken_streams(server: StreamServer, steps: list[Step], outcome: ModelOutcome | Gone) -> None:
    """A stream that breaks is what a call that breaks is; after a whole sentence it is an answer in part."""
    assert await ask(server, *steps) == outcome
    assert await ask(server, chunk(SENTENCE), *steps) == Told(
        SENTENCE + ("A fox" if chunk("A fox") in steps else ""), None, is_whole=False, model_id=RUNG.id
    )


@pytest.mark.parametrize(
    "step",
    [
        b"<html>gateway</html>\r\n\r\n",
        b"data: []\r\n\r\n",
        b'data: "text"\r\n\r\n',
        b'data: {"candidates": "none"}\r\n\r\n',
        b'data: {"error": "text"}\r\n\r\n',
        b'data: {"error": {"message": "no code"}}\r\n\r\n',
        b"data: \xff\xfe\r\n\r\n",
        b'{"error": {"code": 503,\n',
    ],
)  # fmt: skip
async def test_nothing_escapes(server: StreamServer, step: bytes) -> None:
    """Broken and odd chunks of every kind become an outcome, never an exception and never an answer."""
    assert isinstance(await ask(server, step, STOP), get_args(Busy | Broken | NoResult))


async def test_refusal_of_a_file(server: StreamServer) -> None:
    """What the model says about a picture that somebody sent is about that picture; without one it is about us."""
    refusal = error(400, "INVALID_ARGUMENT", message="Unable to process input image.")
    sound = error(400, "INVALID_ARGUMENT", message="Unable to process input audio.")
    server.answers += [Reply(400, json.dumps(refusal).encode())] * 2 + [Reply(400, json.dumps(sound).encode())]
    heard = replace(TALK, lines=(Line("person", "Write it down.", sounds=(Sound(b"?", "audio/ogg"),)),))
    shown = replace(TALK, lines=(Line("person", "What is it?", (Image(b"?", "image/png"),)), Line("person", "And?")))
    async with open_model(server) as model:
        assert await model.stream(RUNG, shown, lambda _: None) == FileRefused("INVALID_ARGUMENT")
        assert await model.stream(RUNG, TALK, lambda _: None) == Broken("INVALID_ARGUMENT")
        assert await model.stream(RUNG, heard, lambda _: None) == FileRefused("INVALID_ARGUMENT")


async def test_refusal_of_a_document(server: StreamServer) -> None:
    """The same for a PDF that the model cannot read."""
    refusal = error(400, "INVALID_ARGUMENT", message="The document has no pages.")
    server.answers.append(Reply(400, json.dumps(refusal).encode()))
    shown = replace(TALK, lines=(Line("person", "What is it?", (), (Document(b"%PDF", "application/pdf", 1),)),))
    async with open_model(server) as model:
        assert await model.stream(RUNG, shown, lambda _: None) == FileRefused("INVALID_ARGUMENT")


async def test_a_refused_file_is_let_go(server: StreamServer) -> None:
    """A file that the model refuses is not kept until garbage is looked for: a few of them would fill the process."""
    refusal = error(400, "INVALID_ARGUMENT", message="The document has no pages.")
    server.answers.append(Reply(400, json.dumps(refusal).encode()))
    content = b"%PDF" * 1000
    shown = replace(TALK, lines=(Line("person", "What is it?", (), (Document(content, "application/pdf", 1),)),))
    before = sys.getrefcount(content)
    gc.disable()
    try:
        async with open_model(server) as model:
            assert await model.stream(RUNG, shown, lambda _: None) == FileRefused("INVALID_ARGUMENT")
        assert sys.getrefcount(content) == before
    finally:
        gc.enable()


# --- one call ---


async def test_nothing_is_retried(server: StreamServer) -> None:
    """One request of ours is one call, and its failure is for the caller to wait out."""
    server.answers += [Reply(503, json.dumps(error(503, "UNAVAILABLE")).encode())]
    async with open_model(server) as model:
        assert await model.stream(RUNG, TALK, lambda _: None) == Busy("UNAVAILABLE")
    assert len(server.requests) == 1


async def test_continuation_is_not_followed(server: StreamServer) -> None:
    """The library would go on asking by itself, and each request is paid anew."""
    more = {"candidates": [{"finishReason": "CONTINUATION", "continuationToken": "bW9yZQ=="}]}
    outcome = await ask(server, chunk(SENTENCE), more)
    assert outcome == Told(SENTENCE, None, is_whole=False, model_id=RUNG.id)
    assert len(server.requests) == 1


async def test_answers_share_a_connection(server: StreamServer) -> None:
    """A fully read answer leaves its connection to the next call."""
    server.answers += [[chunk("A fox."), STOP], [chunk("A fox."), STOP]]
    async with open_model(server) as model:
        for _ in range(2):
            await model.stream(RUNG, TALK, lambda _: None)
    assert server.connections == 1


@pytest.mark.parametrize(
    ("said", "outcome"), [("A fox", TimedOut()), (SENTENCE, Told(SENTENCE, None, is_whole=False, model_id=RUNG.id))]
)
async def test_silence_ends_a_call(server: StreamServer, said: str, outcome: ModelOutcome) -> None:
    """A model that says nothing for too long is given up, and told so by the closed connection."""
    assert await ask(server, chunk(said), "silence", seconds_max=0.2) == outcome
    await wait_for_hang_up(server)


async def test_no_connection_is_busy() -> None:
    """Nobody listens there: nothing was asked."""
    model = GeminiText(Access(api_key=KEY, base_url=f"http://127.0.0.1:{find_free_port()}"))
    assert await model.stream(RUNG, TALK, lambda _: None) == Busy("ConnectError", is_fault=True)
    await model.close()


# --- hanging up ---


async def wait_for_hang_up(server: StreamServer) -> None:
    async with asyncio.timeout(HANG_UP_SECONDS_MAX):
        await server.hung_up.wait()


async def test_error_in_the_stream_hangs_up(server: StreamServer) -> None:
    """A server that sends an error and goes on is left: the library itself would keep the connection."""
    server.answers.append([chunk(SENTENCE), error(503, "UNAVAILABLE"), "silence"])
    async with open_model(server) as model:
        assert isinstance(await model.stream(RUNG, TALK, lambda _: None), Told)
        await wait_for_hang_up(server)


async def test_ear_that_fails_hangs_up(server: StreamServer) -> None:
    """Nobody hears the words any more, so nobody pays for more of them."""

    def hear(_: str) -> None:
        raise LookupError

    server.answers.append([chunk("A fox"), "silence"])
    async with open_model(server) as model:
        assert await model.stream(RUNG, TALK, hear) == Broken("LookupError")
        await wait_for_hang_up(server)


async def test_calls_hang_up_for_themselves(server: StreamServer) -> None:
    """Canceling one of two concurrent calls does not affect the other."""
    server.answers += [[chunk("A fox"), "silence"], [chunk("A fox"), "silence"]]
    async with open_model(server) as model:
        calls = [asyncio.create_task(model.stream(RUNG, TALK, lambda _: None)) for _ in range(2)]
        await server.silent.wait()
        while server.connections < 2:
            server.silent.clear()
            await server.silent.wait()
        calls[0].cancel()
        await wait_for_hang_up(server)
        assert not calls[1].done()
        calls[1].cancel()
        await asyncio.gather(*calls, return_exceptions=True)


async def test_hanging_up_makes_no_noise(server: StreamServer, caplog: pytest.LogCaptureFixture) -> None:
    """A canceled call leaves no generator behind that complains when it is collected."""
    complaints = list[dict[str, Any]]()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    server.answers.append([chunk("A fox"), "silence"])
    async with open_model(server) as model:
        call = asyncio.create_task(model.stream(RUNG, TALK, lambda _: None))
        await server.silent.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        del call
        gc.collect()
        await wait_for_hang_up(server)
    assert complaints == []
    assert caplog.records == []


async def test_logs_know_neither_words_nor_key(server: StreamServer, caplog: pytest.LogCaptureFixture) -> None:
    """With the root logger wide open, nothing that people or the model said and no secret is in a record."""
    caplog.set_level(logging.DEBUG)
    talk = replace(TALK, lines=(Line("person", SECRET_PROMPT),))
    await ask(server, chunk(SECRET_PROMPT), error(500, "INTERNAL"), talk=talk)
    written = [record.getMessage() + str(record.args) + str(record.exc_text) for record in caplog.records]
    assert not [line for line in written if SECRET_PROMPT in line or KEY in line]
