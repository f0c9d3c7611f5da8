"""The Gemini adapter alone: what it puts on the wire, and how one call goes."""

import asyncio
import base64
import json
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest
from google.genai import types
from google.oauth2.credentials import Credentials

from infra.local.gemini import Behaviour, Fault, Gemini, run_gemini
from infra.local.ports import find_free_port
from shared.adapters.gemini_access import Access
from shared.adapters.gemini_pictures import GeminiModel
from shared.adapters.gemini_rest import DEVELOPER_URL, name_enterprise_url
from shared.adapters.genai_client import GeminiClient, picture_part
from shared.credits.catalogue import NANO_BANANA
from shared.jobs.time_limits import MODEL_SECONDS_MAX
from shared.providers.admission import set_admission
from shared.providers.images import Image
from shared.providers.outcomes import Broken, Busy, Gone, Made, NoResult, PictureTask, TimedOut, Turn
from tests.contracts.genai_calls import KEY, SECRET_PROMPT, TASK, NoToken, OneToken, answer, ask, candidate
from tests.contracts.http_server import Reply, Server, serve_http

SAFETY = dict.fromkeys(
    (
        "HARM_CATEGORY_HARASSMENT",
        "HARM_CATEGORY_HATE_SPEECH",
        "HARM_CATEGORY_SEXUALLY_EXPLICIT",
        "HARM_CATEGORY_DANGEROUS_CONTENT",
    ),
    "BLOCK_ONLY_HIGH",
)


def enterprise(base_url: str) -> GeminiModel:
    return GeminiModel(Access(project="test-project", base_url=base_url), token=OneToken())


async def ask_by_library(access: Access, task: PictureTask) -> None:
    """The same call by google-genai, as this bot made it before it had a client of its own."""
    credentials = Credentials("test-token")  # type: ignore[no-untyped-call]
    client = GeminiClient(replace(access, credentials=credentials), MODEL_SECONDS_MAX, _never)
    assert task.parent is not None
    text, parent = types.Part(text=task.prompt), task.parent
    turns = [
        types.Content(role="user", parts=[types.Part(text=parent.prompt)]),
        types.Content(role="model", parts=[picture_part(parent.picture, parent.signature)]),
        types.Content(role="user", parts=[text, *map(picture_part, task.references)]),
    ]
    image = types.ImageConfig(aspect_ratio=task.ratio, image_size=task.size)
    config = client.build_config(response_modalities=["TEXT", "IMAGE"], image_config=image, seed=task.seed)
    await client.open().aio.models.generate_content(model=NANO_BANANA.id, contents=list(turns), config=config)
    await client.close()


async def _never(_: object) -> None:
    """Waits for nothing."""


def read_body(body: bytes) -> Any:
    """A request in one spelling: protobuf takes `mime_type` as `mimeType`, and both alphabets of base64."""

    def respell(fields: dict[str, Any]) -> dict[str, Any]:
        fields = {{"mime_type": "mimeType"}.get(name, name): value for name, value in fields.items()}
        for name in fields.keys() & {"data", "thoughtSignature"}:
            fields[name] = fields[name].replace("-", "+").replace("_", "/")
        return fields

    return json.loads(body, object_hook=respell)


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


# --- the wire ---


async def test_developer_call_carries_our_rules(gemini: Gemini, model: GeminiModel) -> None:
    """Nothing is stored, all four filters are set, and the picture is the one that was asked for."""
    assert isinstance(await model.generate(NANO_BANANA, replace(TASK, size="2K")), Made)
    [call] = gemini.calls()
    assert (call.api, call.model) == ("developer", NANO_BANANA.id)
    assert (call.store_present, call.store) == (True, False)
    assert call.safety_settings == SAFETY
    assert call.response_modalities == ["TEXT", "IMAGE"]
    assert (call.aspect_ratio, call.image_size) == ("16:9", "2K")


async def test_enterprise_call_carries_our_rules(gemini: Gemini) -> None:
    """The same without `store`, which that API does not have."""
    model = enterprise(gemini.base_url)
    assert isinstance(await model.generate(NANO_BANANA, TASK), Made)
    [call] = gemini.calls()
    assert (call.api, call.model, call.store_present) == ("enterprise", NANO_BANANA.id, False)
    assert call.safety_settings == SAFETY
    await model.close()


async def test_rules_hold_for_every_kind_of_call(gemini: Gemini, model: GeminiModel) -> None:
    """With references, with an earlier version, for a model that is gone: `store` and the filters are always there."""
    gemini.set_faults(Fault("gone", times=1))
    assert await model.generate(NANO_BANANA, TASK) == Gone()
    first = await model.generate(NANO_BANANA, TASK)
    assert isinstance(first, Made)
    shown = Image(first.content, first.mime_type)
    await model.generate(NANO_BANANA, replace(TASK, references=(shown,)))
    await model.generate(NANO_BANANA, replace(TASK, parent=Turn(TASK.prompt, shown, first.signature)))
    await model.generate(NANO_BANANA, replace(TASK, parent=Turn(TASK.prompt, shown, b"")))
    assert [call.outcome for call in gemini.calls()] == ["404 NOT_FOUND"] + ["STOP"] * 4
    assert all(call.store is False and call.safety_settings == SAFETY for call in gemini.calls()[1:])
    assert gemini.calls()[0].store_present


async def test_new_version_is_a_conversation(gemini: Gemini, model: GeminiModel) -> None:
    """Contents: the earlier request, the answer with its signature, the new request with its references."""
    first = await model.generate(NANO_BANANA, TASK)
    assert isinstance(first, Made)
    shown = Image(first.content, first.mime_type)
    turn = Turn(TASK.prompt, shown, first.signature)
    await model.generate(NANO_BANANA, replace(TASK, prompt="at night", parent=turn, references=(shown,)))
    call = gemini.calls()[-1]
    assert (call.outcome, call.turns, call.images_in, call.had_signature) == ("STOP", 3, 2, True)
    assert call.prompt.endswith("at night")


async def test_unsigned_version_is_material(gemini: Gemini, model: GeminiModel) -> None:
    """A model's turn without its signature would be refused: the picture goes into the question."""
    shown = await model.generate(NANO_BANANA, TASK)
    assert isinstance(shown, Made)
    turn = Turn(TASK.prompt, Image(shown.content, shown.mime_type), b"")
    await model.generate(NANO_BANANA, replace(TASK, prompt="at night", parent=turn))
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


async def test_what_shall_not_be_shown_and_the_seed(server: Server) -> None:
    """The API has a field for the seed, and none for what shall not be shown: that is said in the words."""
    await ask(server, candidate("STOP"), replace(TASK, without="snow, people", seed=7))
    body = json.loads(server.requests[0].body)
    assert body["generationConfig"]["seed"] == 7
    [part] = body["contents"][0]["parts"]
    assert part["text"].startswith(TASK.prompt)
    assert part["text"].endswith("must not show any of the following: snow, people.")


@pytest.mark.parametrize(
    "access", [Access(api_key=KEY), Access(project="test-project"), Access(project="test-project", location="eu")]
)
async def test_googles_library_would_send_the_same(server: Server, access: Access) -> None:
    """Path, key or token, time limit and body are those of google-genai, for a new version with a reference."""
    access = replace(access, base_url=server.url)
    server.answer = lambda _: candidate("NO_IMAGE")
    signed, shown = b"\xff\x01signed", Image(b"o\xffl\xfed", "image/png")
    task = replace(TASK, seed=7, parent=Turn("a fox", shown, signed), references=(Image(b"new", "image/jpeg"),))
    model = GeminiModel(access, token=OneToken())
    await model.generate(NANO_BANANA, task)
    await model.close()
    await ask_by_library(access, task)
    ours, googles = server.requests
    assert ours.path == googles.path
    names = ("x-goog-api-key", "authorization", "x-server-timeout", "content-type")
    assert [ours.headers.get(name) for name in names] == [googles.headers.get(name) for name in names]
    assert read_body(ours.body) == read_body(googles.body)


@pytest.mark.parametrize(
    "access", [Access(api_key=KEY), *(Access(project="p", location=each) for each in ("global", "eu", "europe-west1"))]
)
def test_googles_library_would_ask_the_same_server(access: Access) -> None:
    """The address of each API, for a region, a multi-region and everywhere."""
    credentials = Credentials("test-token")  # type: ignore[no-untyped-call]
    library = GeminiClient(replace(access, credentials=credentials), 1.0, _never).open()
    ours = DEVELOPER_URL if access.api_key else name_enterprise_url(access.location)
    assert f"{ours}/" == library._api_client._http_options.base_url


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
    assert isinstance(await model.generate(NANO_BANANA, TASK), Busy)
    assert len(gemini.calls()) == 1


async def test_continuation_is_not_followed(server: Server) -> None:
    """The library would go on asking by itself while the answer says that more is to come."""
    reply = answer(candidates=[{"finishReason": "CONTINUATION", "continuationToken": "bW9yZQ=="}])
    assert await ask(server, reply) == NoResult("CONTINUATION")
    assert len(server.requests) == 1


async def test_an_answer_is_read_when_there_is_room(gemini: Gemini, model: GeminiModel) -> None:
    """The caller says when: until then the call is not over; a refusal takes no room."""
    begun, room = asyncio.Event(), asyncio.Event()

    async def take() -> None:
        begun.set()
        await room.wait()

    set_admission(take)
    gemini.set_faults(Fault("busy", times=1))
    assert isinstance(await model.generate(NANO_BANANA, TASK), Busy)
    assert not begun.is_set()
    call = asyncio.create_task(model.generate(NANO_BANANA, TASK))
    await begun.wait()
    assert not call.done()
    room.set()
    assert isinstance(await call, Made)


async def test_time_limit_ends_a_call(gemini: Gemini) -> None:
    """A model that takes too long is given up, and told so by the closed connection."""
    gemini.set_faults(Fault("slow", seconds=30))
    model = GeminiModel(Access(api_key=KEY, base_url=gemini.base_url), seconds_max=0.3)
    assert await model.generate(NANO_BANANA, TASK) == TimedOut()
    calls = await gemini.wait_for_calls(lambda calls: bool(calls) and calls[0].outcome == "ABANDONED")
    assert len(calls) == 1
    await model.close()


async def test_cancelled_call_is_cancelled(gemini: Gemini, model: GeminiModel) -> None:
    """A caller who gives up gets no outcome."""
    gemini.set_faults(Fault("slow", seconds=30))
    call = asyncio.create_task(model.generate(NANO_BANANA, TASK))
    await gemini.wait_for_calls(bool)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_a_gone_model_is_the_callers_to_replace(gemini: Gemini, model: GeminiModel) -> None:
    """404 for the model is an outcome, and no other model is asked behind the caller's back."""
    gemini.set_faults(Fault("gone"))
    assert await model.generate(NANO_BANANA, TASK) == Gone()
    assert [call.model for call in gemini.calls()] == [NANO_BANANA.id]


async def test_only_a_missing_model_is_gone(gemini: Gemini, model: GeminiModel) -> None:
    """Where the region is not served, another model would not help."""
    gemini.set_faults(Fault("location"))
    assert await model.generate(NANO_BANANA, TASK) == Broken("FAILED_PRECONDITION")


# --- outside of a call ---


async def test_no_connection_is_busy() -> None:
    """Nobody listens there: nothing was asked."""
    model = GeminiModel(Access(api_key=KEY, base_url=f"http://127.0.0.1:{find_free_port()}"))
    assert await model.generate(NANO_BANANA, TASK) == Busy("NotConnectedError", is_fault=True)
    await model.close()


async def test_a_missing_token_is_waited_for(gemini: Gemini) -> None:
    """While the metadata server gives no token, nothing is asked, and the job may try again."""
    model = GeminiModel(Access(project="test-project", base_url=gemini.base_url), token=NoToken())
    assert await model.generate(NANO_BANANA, TASK) == Busy("UnavailableError", is_fault=True)
    assert gemini.calls() == []
    await model.close()


async def test_a_refused_token_is_renewed_once(server: Server) -> None:
    """A call that was refused for its token was not begun, so it is made again with a new one, once."""
    server.answer = lambda request: Reply(401) if "old" in request.headers["authorization"] else candidate("NO_IMAGE")
    model = GeminiModel(Access(project="test-project", base_url=server.url), token=OneToken("old", "new"))
    assert await model.generate(NANO_BANANA, TASK) == NoResult("NO_IMAGE")
    server.answer = lambda _: Reply(401)
    assert await model.generate(NANO_BANANA, TASK) == Broken("HTTP_401")
    assert len(server.requests) == 4
    await model.close()


async def test_settings_are_not_overruled_by_the_environment(
    gemini: Gemini, model: GeminiModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables that the library reads by itself do not move our calls to another API or project."""
    monkeypatch.setenv("GOOGLE_GENAI_USE_ENTERPRISE", "true")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "another-project")
    monkeypatch.setenv("GOOGLE_API_KEY", "TEST-another-key")
    assert isinstance(await model.generate(NANO_BANANA, TASK), Made)
    other = enterprise(gemini.base_url)
    assert isinstance(await other.generate(NANO_BANANA, TASK), Made)
    assert [call.api for call in gemini.calls()] == ["developer", "enterprise"]
    await other.close()


async def test_logs_know_neither_prompt_nor_key(
    gemini: Gemini, model: GeminiModel, caplog: pytest.LogCaptureFixture
) -> None:
    """With the root logger wide open, nothing that people wrote and no secret is in a record."""
    caplog.set_level(logging.DEBUG)
    gemini.set_faults(Fault("internal", times=1))
    task = replace(TASK, prompt=SECRET_PROMPT)
    await model.generate(NANO_BANANA, task)
    await model.generate(NANO_BANANA, task)
    written = [record.getMessage() + str(record.args) + str(record.exc_text) for record in caplog.records]
    assert not [line for line in written if SECRET_PROMPT in line or KEY in line]


@pytest.mark.parametrize(("stage", "events"), [("", 0), ("STABLE", 0), ("DEPRECATED", 1)])
async def test_a_model_that_is_not_stable_is_noticed(
    gemini: Gemini, model: GeminiModel, capsys: pytest.CaptureFixture[str], stage: str, events: int
) -> None:
    """The provider's life-cycle stage of a model is logged, unless it is stable."""
    gemini.set_behaviour(Behaviour(noise=True, model_stage=stage))
    assert isinstance(await model.generate(NANO_BANANA, TASK), Made)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "model_ending" in line]
    assert [(line["model_id"], line["stage"]) for line in lines] == [(NANO_BANANA.id, stage)] * events
