"""Requests for words that Google refuses, refused here too."""

from typing import Any

import httpx
import pytest
from google.genai import errors, types
from google.genai.client import AsyncClient

from infra.local.gemini import Gemini
from tests.infra.local.gemini.talks import FLASH, LITE, ask, listen

TURN: dict[str, Any] = {"role": "user", "parts": [{"text": "why?"}]}
MODEL_TURN: dict[str, Any] = {"role": "model", "parts": [{"text": "because"}]}
ENTERPRISE = "/v1beta1/projects/p/locations/global/publishers/google"


async def post(gemini: Gemini, body: Any, *, path: str = f"/v1/models/{FLASH}:streamGenerateContent?alt=sse") -> Any:
    """The error of a refused call: its HTTP code is the error's."""
    headers = {"x-goog-api-key": "test", "authorization": "Bearer fake"}
    async with httpx.AsyncClient(base_url=gemini.base_url, headers=headers) as http:
        answer = await http.post(path, json=body)
    error = answer.json()["error"]
    assert answer.status_code == error["code"]
    return error


def configured(**config: Any) -> dict[str, Any]:
    """A request with this configuration."""
    return {"contents": [TURN], "generationConfig": config}


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({"contents": [TURN], "imageConfig": {}}, 'Unknown name "imageConfig"'),
        (configured(maxTokens=5), "Unknown name \"maxTokens\" at 'generation_config'"),
        ({"contents": []}, "contents is not specified"),
        ({"contents": [{"role": "user", "parts": []}]}, "parts must not be empty"),
        ({"contents": [{"role": "user", "parts": [{"text": ""}]}]}, "required oneof field 'data'"),
        ({"contents": [{"role": "system", "parts": [{"text": "a"}]}]}, "valid role"),
        ({"contents": [TURN, MODEL_TURN]}, "end with a user role"),
        ({"contents": [TURN], "systemInstruction": {"parts": []}}, "system_instruction"),
        (
            {
                "contents": [TURN],
                "systemInstruction": {"parts": [{"inlineData": {"mimeType": "image/png", "data": ""}}]},
            },
            "text parts only",
        ),
        (configured(maxOutputTokens=0), "maxOutputTokens value of 0 but the supported range is from 1"),
        (configured(maxOutputTokens=70_000), "65537 (exclusive)"),
        (configured(maxOutputTokens=1.5), "TYPE_INT32"),
        (configured(temperature=2.5), "temperature must be in the range"),
        (configured(candidateCount=2), "Multiple candidates"),
        (configured(responseModalities=["IMAGE"]), f"models/{FLASH} accepts the following combination"),
        (configured(responseModalities=["SOUND"]), "SOUND"),
        (configured(imageConfig={"aspectRatio": "1:1"}), "image_config"),
        (configured(thinkingConfig={"thinkingLevel": "MINIMAL"}), "Thinking level MINIMAL is not supported"),
        (configured(thinkingConfig={"thinkingLevel": "SOME"}), "TYPE_ENUM"),
        (configured(thinkingConfig={"thinkingLevel": "LOW", "thinkingBudget": 5}), "only one of thinking budget"),
        (configured(responseMimeType="text/html"), "allowed mimetypes are"),
        (configured(responseJsonSchema={"type": "object"}), "only allowed when response_mime_type is"),
        (configured(responseJsonSchema="object", responseMimeType="application/json"), "TYPE_MESSAGE"),
        (
            configured(responseJsonSchema={}, responseSchema={}, responseMimeType="application/json"),
            "Only one of response_schema and response_json_schema",
        ),
        ({"contents": [TURN], "safetySettings": [{"category": "RUDE", "threshold": "OFF"}]}, "'RUDE'"),
        ({"contents": [{"parts": [{"inlineData": {"mimeType": "image/gif", "data": ""}}]}]}, "MIME type: image/gif"),
    ],
)
async def test_malformed_request(gemini: Gemini, body: Any, part: str) -> None:
    """Each kind of malformed request is a 400 before the first byte, and its message names the trouble."""
    error = await post(gemini, body)
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert part in error["message"]


@pytest.mark.parametrize("call_model", [ask, listen])
async def test_minimal_thinking_is_for_the_small_models(developer: AsyncClient, call_model: Any) -> None:
    """`MINIMAL` is refused by the flash model in Google's words, whole and streamed, and taken by the lite ones."""
    config = {"thinking_config": types.ThinkingConfig(thinking_level=types.ThinkingLevel.MINIMAL)}
    with pytest.raises(errors.ClientError, match="Thinking level MINIMAL is not supported for this model") as caught:
        await call_model(developer, "hello", **config)
    assert caught.value.code == 400
    assert await call_model(developer, "hello", model=LITE, **config)


async def test_store_and_budget_are_not_for_all(gemini: Gemini) -> None:
    """The enterprise API knows no `store`, the largest model no thinking budget."""
    path = f"{ENTERPRISE}/models/{FLASH}:streamGenerateContent?alt=sse"
    assert 'Unknown name "store"' in (await post(gemini, {"contents": [TURN], "store": False}, path=path))["message"]
    body = configured(thinkingConfig={"thinkingBudget": 100})
    error = await post(gemini, body, path="/v1/models/gemini-4-argon:generateContent")
    assert "Thinking budget is not supported" in error["message"]


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/models/{FLASH}:streamGenerateContent",
        "/v1/models/gemini-nano-banana-2.1:streamGenerateContent?alt=sse",
    ],
)
async def test_what_is_not_streamed(gemini: Gemini, path: str) -> None:
    """Streams are server-sent events of words: other forms and pictures are refused, so that nothing waits for them."""
    assert "streams words only" in (await post(gemini, {"contents": [TURN]}, path=path))["message"]


async def test_an_unknown_model_and_a_broken_picture(gemini: Gemini) -> None:
    """A model that is not there is a 404 on both APIs, and a picture that cannot be read a 400."""
    for path in ("/v1", ENTERPRISE):
        error = await post(
            gemini, {"contents": [TURN]}, path=f"{path}/models/gemini-2.5-pro:streamGenerateContent?alt=sse"
        )
        assert (error["code"], error["status"]) == (404, "NOT_FOUND")
        assert "gemini-2.5-pro" in error["message"]
    part = {"inlineData": {"mimeType": "image/png", "data": "aGFsZg=="}}
    error = await post(gemini, {"contents": [{"parts": [{"text": "what?"}, part]}]})
    assert "Unable to process input image" in error["message"]
