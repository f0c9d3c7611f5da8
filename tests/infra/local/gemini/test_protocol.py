"""Answers and records of calls made by the real google-genai clients."""

import base64
from collections.abc import Callable
from typing import Any

import httpx
from google.genai import types
from google.genai.client import AsyncClient

from infra.local.gemini import Gemini
from infra.local.gemini.signature import is_known_signature

MODEL = "gemini-nano-banana-2.1"
SAFETY = [
    types.SafetySetting(
        category=types.HarmCategory.HARM_CATEGORY_HARASSMENT,
        threshold=types.HarmBlockThreshold.BLOCK_ONLY_HIGH,
    )
]
Config = Callable[..., types.GenerateContentConfig]
Picture = Callable[..., types.Part]


async def test_developer_answer_is_complete(developer: AsyncClient, image_config: Config) -> None:
    """Text, picture, signatures, finish reason, usage, version and id arrive as the SDK's types."""
    response = await developer.models.generate_content(model=MODEL, contents="a lake", config=image_config())
    assert response.candidates is not None
    assert response.candidates[0].finish_reason is types.FinishReason.STOP
    text, picture = response.parts or []
    assert text.text
    assert picture.inline_data is not None
    assert is_known_signature(picture.thought_signature or b"")
    assert response.usage_metadata is not None
    usage = response.usage_metadata
    assert usage.total_token_count == (usage.prompt_token_count or 0) + (usage.candidates_token_count or 0)
    assert (usage.candidates_token_count or 0) >= 1120
    assert response.model_version == MODEL
    assert response.response_id


async def test_developer_call_is_recorded(
    gemini: Gemini, developer: AsyncClient, image_config: Config, picture_part: Picture
) -> None:
    """Everything a test may want to prove of the wire is in the record: store, safety, sizes, pictures."""
    config = image_config("16:9", "2K", store=False, safety_settings=SAFETY)
    contents: list[types.PartUnion] = ["a lake", picture_part()]
    await developer.models.generate_content(model=MODEL, contents=contents, config=config)
    [call] = gemini.calls()
    assert (call.api, call.version, call.model, call.outcome) == ("developer", "v1", MODEL, "STOP")
    assert (call.prompt, call.turns, call.images_in, call.had_signature) == ("a lake", 1, 1, False)
    assert (call.aspect_ratio, call.image_size) == ("16:9", "2K")
    assert (call.store_present, call.store) == (True, False)
    assert call.safety_settings == {"HARM_CATEGORY_HARASSMENT": "BLOCK_ONLY_HIGH"}
    assert call.response_modalities == ["TEXT", "IMAGE"]
    assert 0 < call.started <= call.ended


async def test_enterprise_call_is_recorded(gemini: Gemini, enterprise: AsyncClient, image_config: Config) -> None:
    """The enterprise client reaches its own path, without `store`."""
    response = await enterprise.models.generate_content(
        model=MODEL, contents="a lake", config=image_config("1:1", safety_settings=SAFETY)
    )
    assert [bool(part.inline_data) for part in response.parts or []] == [False, True]
    assert response.usage_metadata is not None
    assert response.usage_metadata.traffic_type is types.TrafficType.ON_DEMAND
    [call] = gemini.calls()
    assert (call.api, call.version, call.outcome) == ("enterprise", "v1beta1", "STOP")
    assert (call.store_present, call.store) == (False, None)
    assert call.safety_settings == {"HARM_CATEGORY_HARASSMENT": "BLOCK_ONLY_HIGH"}


async def test_other_versions_are_served(gemini: Gemini) -> None:
    """v1beta on the developer API and v1 on the enterprise one lead to the same model."""
    body = {"contents": [{"parts": [{"text": "a lake"}]}]}
    project = "projects/p/locations/l/publishers/google/models"
    async with httpx.AsyncClient(base_url=gemini.base_url) as http:
        developer = await http.post(
            f"/v1beta/models/{MODEL}:generateContent", json=body, headers={"x-goog-api-key": "test"}
        )
        enterprise = await http.post(
            f"/v1/{project}/{MODEL}:generateContent", json=body, headers={"authorization": "Bearer fake"}
        )
    assert (developer.status_code, enterprise.status_code) == (200, 200)


async def test_signature_round_trip(gemini: Gemini, developer: AsyncClient, image_config: Config) -> None:
    """A model turn sent back as it came, signature included, is accepted and seen as signed."""
    first = await developer.models.generate_content(model=MODEL, contents="a lake", config=image_config())
    await developer.models.generate_content(model=MODEL, contents=history(first), config=image_config())
    call = gemini.calls()[1]
    assert (call.outcome, call.had_signature, call.turns, call.images_in) == ("STOP", True, 3, 1)
    assert call.prompt == "make it winter"


async def test_missing_signature_developer(gemini: Gemini, developer: AsyncClient, image_config: Config) -> None:
    """A model picture without its signature ends in MISSING_THOUGHT_SIGNATURE and no picture."""
    first = await developer.models.generate_content(model=MODEL, contents="a lake", config=image_config())
    unsigned = history(first, signed=False)
    second = await developer.models.generate_content(model=MODEL, contents=unsigned, config=image_config())
    assert second.candidates is not None
    assert second.candidates[0].finish_reason is types.FinishReason.MISSING_THOUGHT_SIGNATURE
    assert not second.parts


async def test_both_base64_alphabets(gemini: Gemini, picture_part: Picture) -> None:
    """Pictures are read from standard and URL-safe base64, padded or not, under both spellings."""
    blob = picture_part("red", (37, 23)).inline_data
    assert blob is not None
    data = blob.data or b""
    standard, safe = base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode().rstrip("=")
    async with httpx.AsyncClient(base_url=gemini.base_url, headers={"x-goog-api-key": "test"}) as http:
        for part in (
            {"inlineData": {"mimeType": "image/png", "data": standard}},
            {"inline_data": {"mime_type": "image/png", "data": safe}},
            {"inlineData": {"mime_type": "image/png", "data": safe}},
        ):
            body = {"contents": [{"role": "user", "parts": [{"text": "warmer"}, part]}]}
            answer = await http.post(f"/v1/models/{MODEL}:generateContent", json=body)
            assert answer.status_code == 200, answer.text
    assert [call.image_bytes_in for call in gemini.calls()] == [len(data)] * 3


async def test_models_are_listed(developer: AsyncClient, enterprise: AsyncClient) -> None:
    """Both clients can list the models and look one up."""
    for client, name in (
        (developer, f"models/{MODEL}"),
        (enterprise, f"publishers/google/models/{MODEL}"),
    ):
        assert name in [model.name async for model in await client.models.list()]
        assert (await client.models.get(model=MODEL)).name == name


async def test_prompt_cannot_break_the_answer(developer: AsyncClient, image_config: Config) -> None:
    """A prompt that quotes the answer's own markup is only a prompt."""
    prompt = '"data": "@picture@" \\u0000 </script>'
    response = await developer.models.generate_content(model=MODEL, contents=prompt, config=image_config())
    assert (response.parts or [])[1].inline_data


def history(first: types.GenerateContentResponse, *, signed: bool = True) -> list[types.ContentUnion]:
    assert first.candidates is not None
    content = first.candidates[0].content
    assert content is not None
    parts: list[Any] = [
        part if signed else part.model_copy(update={"thought_signature": None}) for part in content.parts or []
    ]
    return [
        types.Content(role="user", parts=[types.Part(text="a lake")]),
        types.Content(role="model", parts=parts),
        types.Content(role="user", parts=[types.Part(text="make it winter")]),
    ]
