"""Answers in words, whole and streamed, through the real google-genai clients."""

import asyncio
import time

import httpx
import pytest
from google.genai import types
from google.genai.client import AsyncClient

from infra.local.gemini import Behaviour, Gemini
from infra.local.gemini.models import TEXT_MODELS
from tests.infra.local.gemini.talks import FLASH, LITE, ask, find_reason, join, listen

THOUGHTS = types.ThinkingConfig(thinking_level=types.ThinkingLevel.LOW, include_thoughts=True)


@pytest.mark.parametrize("api", ["developer", "enterprise"])
async def test_a_stream_is_complete(gemini: Gemini, developer: AsyncClient, enterprise: AsyncClient, api: str) -> None:
    """On both APIs the words come in many chunks, usage grows, and the last chunk says why the answer ends."""
    chunks = await listen({"developer": developer, "enterprise": enterprise}[api], "What is a rainbow?")
    usages = [chunk.usage_metadata for chunk in chunks]
    counts = [usage.candidates_token_count or 0 for usage in usages if usage]
    assert len(chunks) > 5
    assert counts == sorted(counts)
    assert counts[-1] > counts[0] > 0
    assert all(usage and usage.prompt_token_count and usage.thoughts_token_count == 160 for usage in usages)
    assert [find_reason(chunk) for chunk in chunks] == [""] * (len(chunks) - 1) + ["STOP"]
    assert {chunk.model_version for chunk in chunks} == {FLASH}
    assert "rainbow" in join(chunks)
    [call] = gemini.calls()
    assert (call.api, call.streamed, call.outcome, call.hung_up) == (api, True, "STOP", 0)
    assert (call.chunks_out, call.tokens_out) == (len(chunks), counts[-1])


async def test_whole_and_streamed_answers_are_the_same(developer: AsyncClient) -> None:
    """The same question has the same answer, whichever way it is asked for and how often."""
    whole = await ask(developer, "Why do cats purr?")
    streamed = await listen(developer, "Why do cats purr?")
    assert whole.text == join(streamed)
    assert whole.usage_metadata
    assert streamed[-1].usage_metadata
    assert whole.usage_metadata.total_token_count == streamed[-1].usage_metadata.total_token_count


@pytest.mark.parametrize("model", TEXT_MODELS)
async def test_every_model_answers(gemini: Gemini, developer: AsyncClient, model: str) -> None:
    """Each model answers and is listed as one that streams."""
    assert (await ask(developer, "hello", model=model)).text
    listed = await developer.models.get(model=model)
    assert "streamGenerateContent" in (listed.supported_actions or [])


async def test_thoughts_are_shown_only_where_asked(developer: AsyncClient) -> None:
    """Thoughts come first, are marked, and are no part of the text; without the wish there are none."""
    shown = await listen(developer, "Why?", thinking_config=THOUGHTS)
    first = (shown[0].parts or [])[0]
    assert first.thought
    assert first.text
    assert first.text not in join(shown)
    silent = await listen(
        developer, "Why?", thinking_config=types.ThinkingConfig(thinking_level=types.ThinkingLevel.LOW)
    )
    assert not any(part.thought for chunk in silent for part in chunk.parts or [])
    assert join(silent) == join(shown)


async def test_the_tokens_last_so_long(developer: AsyncClient) -> None:
    """An answer ends at its token limit, to which thoughts count; where they use all of it nothing is said."""
    short = await listen(developer, "Tell me about tea", model=LITE, max_output_tokens=10)
    assert find_reason(short[-1]) == "MAX_TOKENS"
    assert short[-1].usage_metadata
    assert short[-1].usage_metadata.candidates_token_count == 10
    nothing = await listen(developer, "Tell me about tea", max_output_tokens=100)
    assert (find_reason(nothing[-1]), join(nothing)) == ("MAX_TOKENS", "")


async def test_a_stop_sequence_ends_the_answer(developer: AsyncClient) -> None:
    """The answer stops before the first stop sequence."""
    whole = (await ask(developer, "Tell me about tea")).text or ""
    assert (await ask(developer, "Tell me about tea", stop_sequences=["**"])).text == whole.partition("**")[0]


async def test_the_pauses_of_a_model(gemini: Gemini, developer: AsyncClient) -> None:
    """At a tenth of a model's pace the first words take 40 to 90 ms, the others come at 300 to 600 tokens a second."""
    gemini.set_behaviour(Behaviour(text_pace=0.1))
    await listen(developer, "What is a rainbow?")
    [call] = gemini.calls()
    first, rest = call.first_words - call.started, call.ended - call.first_words
    assert first >= 0.04
    assert rest >= (call.tokens_out - 8) / 600
    assert rest < 10 * call.tokens_out / 300


async def test_a_caller_who_leaves_is_noticed(gemini: Gemini, developer: AsyncClient) -> None:
    """Cancelling the task that reads the stream is recorded as the moment when the caller hung up."""
    gemini.set_behaviour(Behaviour(text_pace=1))
    reading = asyncio.create_task(listen(developer, "a very long text, please"))
    await gemini.wait_for_calls(lambda calls: bool(calls) and calls[0].chunks_out >= 2)
    left = time.time()
    reading.cancel()
    [call] = await gemini.wait_for_calls(lambda calls: calls[0].ended > 0)
    assert call.outcome == "ABANDONED"
    assert left - 0.05 <= call.hung_up <= left + 1
    assert call.chunks_out < 20


async def test_a_caller_who_leaves_before_the_first_words_is_noticed(gemini: Gemini, developer: AsyncClient) -> None:
    """The same holds while the model still thinks, whole or streamed."""
    gemini.set_behaviour(Behaviour(text_pace=100))
    for call_model in (ask, listen):
        asking = asyncio.create_task(call_model(developer, "hello"))
        await gemini.wait_for_calls(lambda calls: len(calls) == 1)
        asking.cancel()
        calls = await gemini.wait_for_calls(lambda calls: calls[-1].ended > 0)
        assert calls[-1].outcome == "ABANDONED"
        assert calls[-1].hung_up >= calls[-1].started
        gemini.reset()


async def test_the_call_is_recorded(gemini: Gemini, developer: AsyncClient) -> None:
    """The record has the instruction, every turn, the level, the limit: what a test of memory needs."""
    config = types.GenerateContentConfig(
        system_instruction="Be brief.", max_output_tokens=900, thinking_config=THOUGHTS, store=False
    )
    contents = [types.Content(role=role, parts=[types.Part(text=text)]) for role, text in CONVERSATION]
    await developer.models.generate_content(model=FLASH, contents=list(contents), config=config)
    [call] = gemini.calls()
    assert (call.instruction, call.said) == ("Be brief.", ["Hi", "Hello!", "Why?"])
    assert (call.thinking_level, call.output_tokens_max, call.store) == ("LOW", 900, False)
    assert (call.prompt, call.turns, call.streamed, call.has_schema) == ("Why?", 3, False, False)


CONVERSATION = (("user", "Hi"), ("model", "Hello!"), ("user", "Why?"))


async def test_pace_is_set_over_http(gemini: Gemini, developer: AsyncClient) -> None:
    """`text_pace` and the records of hang-ups are reachable for a server in another process."""
    async with httpx.AsyncClient(base_url=f"{gemini.base_url}/control") as http:
        assert (await http.post("/behaviour", json={"text_pace": 0.5})).json()["text_pace"] == 0.5
        await http.post("/reset")
        await listen(developer, "hello")
        [call] = (await http.get("/calls")).json()["calls"]
    assert call["hung_up"] == 0
    assert call["chunks_out"] > 1
