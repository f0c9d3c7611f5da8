"""Failing on purpose, seen through google-genai."""

import asyncio
import contextlib
import io
from collections.abc import Callable

import httpx
import httpx2
import pytest
from google import genai
from google.genai import errors, types
from google.genai.client import AsyncClient
from PIL import Image

from infra.local.gemini import Behaviour, Fault, Gemini, run_gemini
from infra.local.gemini.faults import FaultPlan

MODEL = "gemini-nano-banana-2.1"
# A closed connection shows as either, depending on how the kernel closes it.
LOST = (httpx2.RemoteProtocolError, httpx2.ReadError)
Config = Callable[..., types.GenerateContentConfig]


async def ask(client: AsyncClient, prompt: str = "a lake", model: str = MODEL) -> types.GenerateContentResponse:
    return await client.models.generate_content(model=model, contents=prompt)


def finish_reason(response: types.GenerateContentResponse) -> str:
    assert response.candidates is not None
    reason = response.candidates[0].finish_reason
    return reason.value if reason else ""


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        ("busy", 429, "RESOURCE_EXHAUSTED"),
        ("unavailable", 503, "UNAVAILABLE"),
        ("internal", 500, "INTERNAL"),
        ("location", 400, "FAILED_PRECONDITION"),
        ("image", 400, "INVALID_ARGUMENT"),
        ("gone", 404, "NOT_FOUND"),
    ],
)
async def test_error_answers(
    gemini: Gemini, developer: AsyncClient, enterprise: AsyncClient, kind: str, code: int, status: str
) -> None:
    """Every error kind reaches both clients with Google's code and status, as often as it was told to."""
    gemini.set_faults(Fault(kind, times=2))  # type: ignore[arg-type]  # one of the kinds
    for client in (developer, enterprise):
        with pytest.raises(errors.APIError) as caught:
            await ask(client)
        assert (caught.value.code, caught.value.status) == (code, status)
    assert finish_reason(await ask(developer)) == "STOP"
    assert [call.outcome for call in gemini.calls()] == [f"{code} {status}"] * 2 + ["STOP"]


async def test_busy_says_when_to_return(gemini: Gemini, developer: AsyncClient) -> None:
    """A 429 carries RetryInfo with the delay; with 0 seconds it carries none."""
    gemini.set_faults(Fault("busy", times=1, retry_delay_seconds=7.5), Fault("busy", retry_delay_seconds=0))
    with pytest.raises(errors.ClientError) as first:
        await ask(developer)
    with pytest.raises(errors.ClientError) as second:
        await ask(developer)
    [detail] = first.value.details["error"]["details"]
    assert detail == {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7.5s"}
    assert "details" not in second.value.details["error"]


@pytest.mark.parametrize("reason", ["SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST", "OTHER", "IMAGE_SAFETY"])
async def test_blocked_prompt(gemini: Gemini, developer: AsyncClient, reason: str) -> None:
    """A blocked prompt has no candidates, only the reason."""
    gemini.set_faults(Fault("blocked", reason=reason))
    response = await ask(developer)
    assert response.candidates is None
    assert response.prompt_feedback is not None
    assert response.prompt_feedback.block_reason == reason
    assert gemini.calls()[0].outcome == f"BLOCKED {reason}"


@pytest.mark.parametrize(
    "reason",
    [
        *("IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "IMAGE_OTHER", "NO_IMAGE", "SAFETY"),
        *("PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "RECITATION", "MODEL_ARMOR", "MAX_TOKENS", "OTHER"),
    ],
)
async def test_finish_reasons(gemini: Gemini, developer: AsyncClient, reason: str) -> None:
    """Each finish reason arrives without a picture; NO_IMAGE comes with the model's words."""
    gemini.set_faults(Fault("finish", reason=reason))
    response = await ask(developer)
    assert finish_reason(response) == reason
    assert not [part for part in response.parts or [] if part.inline_data]
    assert bool(response.text) is (reason in {"NO_IMAGE", "MAX_TOKENS"})


async def test_corrupt_picture(gemini: Gemini, developer: AsyncClient) -> None:
    """A corrupt picture looks like a PNG of the right size and cannot be decoded."""
    gemini.set_faults(Fault("corrupt"))
    [_, part] = (await ask(developer)).parts or []
    assert part.inline_data is not None
    image = Image.open(io.BytesIO(part.inline_data.data or b""))
    assert image.size == (1024, 1024)
    with pytest.raises((OSError, SyntaxError)):
        image.load()


async def test_lost_answer(gemini: Gemini, developer: AsyncClient) -> None:
    """The connection closes without an answer, after the work was done; the next call works."""
    gemini.set_faults(Fault("lost", times=1))
    with pytest.raises(LOST):
        await ask(developer)
    assert finish_reason(await ask(developer)) == "STOP"
    assert [call.outcome for call in gemini.calls()] == ["LOST", "STOP"]


async def test_impatient_caller(gemini: Gemini, developer: AsyncClient) -> None:
    """A caller whose time-out ends first is recorded as having abandoned the call."""
    gemini.set_faults(Fault("slow", seconds=60))
    options = types.HttpOptions(timeout=300)
    with pytest.raises(httpx2.TimeoutException):
        await developer.models.generate_content(
            model=MODEL, contents="a lake", config=types.GenerateContentConfig(http_options=options)
        )
    calls = await gemini.wait_for_calls(lambda calls: calls[0].ended > 0)
    assert calls[0].outcome == "ABANDONED"


async def test_latency(gemini: Gemini, developer: AsyncClient) -> None:
    """A picture takes the latency it was told, an error comes at once."""
    gemini.set_behaviour(Behaviour(latency_seconds=0.5, noise=True))
    gemini.set_faults(Fault("unavailable", times=1))
    with pytest.raises(errors.ServerError):
        await ask(developer)
    await ask(developer)
    error, picture = [call.ended - call.started for call in gemini.calls()]
    assert error < 0.5 <= picture


async def test_calls_wait_side_by_side(gemini: Gemini, developer: AsyncClient) -> None:
    """Calls under way at the same time share the latency instead of queueing."""
    gemini.set_behaviour(Behaviour(latency_seconds=0.5, noise=True))
    await asyncio.gather(*(ask(developer) for _ in range(10)))
    calls = gemini.calls()
    assert max(call.started for call in calls) < min(call.ended for call in calls)


async def test_faults_aim_at_prompts_and_models(gemini: Gemini, developer: AsyncClient) -> None:
    """A fault with a prompt or a model hits only calls that have it."""
    gemini.set_faults(Fault("finish", reason="NO_IMAGE", prompt="cat"), Fault("internal", model="gemini-3-pro-image"))
    assert finish_reason(await ask(developer, "a cat")) == "NO_IMAGE"
    assert finish_reason(await ask(developer, "a dog")) == "STOP"
    with pytest.raises(errors.ServerError):
        await ask(developer, "a dog", "gemini-3-pro-image")


def test_dice_are_seeded() -> None:
    """The same seed hits the same calls, another seed others, at about the probability asked for."""

    def hits(seed: int) -> list[bool]:
        plan = FaultPlan(seed)
        plan.add(Fault("busy", probability=0.3))
        return [plan.choose("a lake", MODEL) is not None for _ in range(500)]

    assert hits(1) == hits(1) != hits(2)
    assert 100 < sum(hits(1)) < 200


@pytest.mark.parametrize(
    ("prompt", "outcome"),
    [
        ("a lake #safety", "IMAGE_SAFETY"),
        ("a lake #noimage", "NO_IMAGE"),
        ("a lake #blocked", "BLOCKED PROHIBITED_CONTENT"),
        ("озеро #ERROR", "500 INTERNAL"),
        ("a lake #lost", "LOST"),
    ],
)
async def test_words_that_fail(gemini: Gemini, developer: AsyncClient, prompt: str, outcome: str) -> None:
    """A word in a prompt makes it fail, for people who try failures by hand."""
    with contextlib.suppress(errors.APIError, *LOST):
        await ask(developer, prompt)
    assert gemini.calls()[0].outcome == outcome


async def test_busy_word_ends(gemini: Gemini, developer: AsyncClient) -> None:
    """`#busy` is refused twice, then answered, and starts over."""
    for _ in range(3):
        with pytest.raises(errors.ClientError):
            await ask(developer, "#busy lake")
        with pytest.raises(errors.ClientError):
            await ask(developer, "#busy lake")
        assert finish_reason(await ask(developer, "#busy lake")) == "STOP"


async def test_control_over_http(gemini: Gemini, developer: AsyncClient) -> None:
    """Faults, behaviour and the call log work over HTTP for a server in another process."""
    async with httpx.AsyncClient(base_url=f"{gemini.base_url}/control") as http:
        added = await http.post("/faults", json=[{"kind": "busy", "times": 1}, {"kind": "noise"}])
        assert [fault["kind"] for fault in added.json()["faults"]] == ["busy", "noise"]
        with pytest.raises(errors.ClientError):
            await ask(developer)
        assert [fault["kind"] for fault in (await http.get("/faults")).json()["faults"]] == ["noise"]
        assert (await http.delete("/faults")).json() == {"faults": []}
        assert (await http.post("/behaviour", json={"noise": True})).json()["noise"] is True
        await ask(developer)
        calls = (await http.get("/calls")).json()["calls"]
        assert [call["outcome"] for call in calls] == ["429 RESOURCE_EXHAUSTED", "STOP"]
        await http.post("/reset")
        assert (await http.get("/calls")).json() == {"calls": []}
        assert (await http.get("/behaviour")).json()["noise"] is False


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", {"kind": "explode"}),
        ("faults", {"kind": "busy", "often": True}),
        ("faults", 5),
        ("behaviour", {"speed": 1}),
    ],
)
async def test_control_refuses_nonsense(gemini: Gemini, path: str, body: object) -> None:
    """A misspelled fault is refused with a sentence, not silently without effect."""
    async with httpx.AsyncClient(base_url=gemini.base_url) as http:
        answer = await http.post(f"/control/{path}", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert gemini.service.faults.faults == []


async def test_stopping_ends_waiting_calls() -> None:
    """A server that stops does not wait for its slow answers; their callers see a lost connection."""
    async with run_gemini(latency_seconds=60, noise=True) as gemini:
        options = types.HttpOptions(base_url=gemini.base_url, retry_options=types.HttpRetryOptions(attempts=1))
        client = genai.Client(api_key="test", http_options=options).aio
        asking = asyncio.create_task(ask(client))
        await gemini.wait_for_calls(lambda calls: len(calls) == 1)
    with pytest.raises(LOST):
        await asking
    await client.aclose()
