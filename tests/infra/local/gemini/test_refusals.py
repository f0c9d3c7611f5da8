"""What Google refuses, the local Gemini refuses, in Google's words for the SDK."""

import base64
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from google import genai
from google.genai import errors, types
from google.genai.client import AsyncClient

from infra.local.gemini import Gemini

MODEL = "gemini-nano-banana-2.1"
KEY = {"x-goog-api-key": "test-not-a-real-key"}
BEARER = {"authorization": "Bearer fake-token"}
DEVELOPER_PATH = f"/v1/models/{MODEL}:generateContent"
ENTERPRISE_PATH = f"/v1beta1/projects/p/locations/l/publishers/google/models/{MODEL}:generateContent"
TURN: dict[str, Any] = {"role": "user", "parts": [{"text": "a lake"}]}
Config = Callable[..., types.GenerateContentConfig]
Picture = Callable[..., types.Part]


async def post(
    gemini: Gemini, body: Any, *, path: str = DEVELOPER_PATH, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """The error object of a refused call."""
    async with httpx.AsyncClient(base_url=gemini.base_url) as http:
        sent = {"content": body} if isinstance(body, bytes) else {"json": body}
        answer = await http.post(path, headers=KEY if headers is None else headers, **sent)
    error: dict[str, Any] = answer.json()["error"]
    assert answer.status_code == error["code"]
    return error


async def refused(
    client: AsyncClient, contents: Any, config: types.GenerateContentConfig, model: str = MODEL
) -> errors.ClientError:
    with pytest.raises(errors.ClientError) as caught:
        await client.models.generate_content(model=model, contents=contents, config=config)
    return caught.value


@pytest.mark.parametrize(
    ("extra", "name", "place"),
    [
        ({"imageConfig": {}}, "imageConfig", ""),
        ({"generationConfig": {"aspectRatio": "1:1"}}, "aspectRatio", "generation_config"),
        (
            {"generationConfig": {"imageConfig": {"outputMimeType": "image/jpeg"}}},
            "outputMimeType",
            "generation_config.image_config",
        ),
        ({"contents": [{"parts": [{"txt": "a"}]}]}, "txt", "contents[0].parts[0]"),
        ({"generationConfig": {"image_Config": {}}}, "image_Config", "generation_config"),
    ],
)
async def test_unknown_field(gemini: Gemini, extra: dict[str, Any], name: str, place: str) -> None:
    """A field Google does not know is refused with its name and place."""
    error = await post(gemini, {"contents": [TURN]} | extra)
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert f'Unknown name "{name}"' in error["message"]
    assert (f"at '{place}'" in error["message"]) is bool(place)


async def test_store_on_the_enterprise_path(gemini: Gemini) -> None:
    """`store` exists on the developer API only; the record shows that it was sent."""
    error = await post(gemini, {"contents": [TURN], "store": False}, path=ENTERPRISE_PATH, headers=BEARER)
    assert 'Unknown name "store"' in error["message"]
    assert gemini.calls()[0].store_present


async def test_the_sdk_keeps_store_from_the_enterprise(
    gemini: Gemini, enterprise: AsyncClient, image_config: Config
) -> None:
    """The SDK itself raises before anything is sent: the fact our client wrapper rests on."""
    with pytest.raises(ValueError, match="store"):
        await enterprise.models.generate_content(model=MODEL, contents="a lake", config=image_config(store=False))
    assert gemini.calls() == []


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b"{", "Invalid JSON payload"),
        (b"[]", "Expected an object"),
        (b"\xff\xfe", "Invalid JSON payload"),
        ({"contents": {}}, "Invalid value at 'contents'"),
        ({"contents": [TURN], "store": "no"}, "Invalid value at 'store'"),
        (
            {"contents": [TURN], "generationConfig": {"imageConfig": {"aspectRatio": 5}}},
            "aspect_ratio",
        ),
        (
            {"contents": [{"parts": [{"inlineData": {"mimeType": "image/png", "data": "#"}}]}]},
            "Base64 decoding failed",
        ),
        ({}, "contents is not specified"),
        ({"contents": []}, "contents is not specified"),
        ({"contents": [{"role": "user", "parts": []}]}, "parts must not be empty"),
        ({"contents": [{"role": "user", "parts": [{}]}]}, "required oneof field 'data'"),
        ({"contents": [{"role": "system", "parts": [{"text": "a"}]}]}, "valid role"),
        ({"contents": [TURN], "generationConfig": {"candidateCount": 2}}, "Multiple candidates"),
        ({"contents": [TURN], "generationConfig": {"responseModalities": ["PICTURE"]}}, "PICTURE"),
        ({"contents": [TURN], "generationConfig": {"responseModalities": ["AUDIO"]}}, "modalities"),
        (
            {"contents": [TURN], "safetySettings": [{"category": "RUDE", "threshold": "OFF"}]},
            "'RUDE'",
        ),
        (
            {
                "contents": [TURN],
                "safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "MAYBE"}],
            },
            "MAYBE",
        ),
        (
            {"contents": [{"parts": [{"inlineData": {"mimeType": "image/gif", "data": "R0lG"}}]}]},
            "Unsupported MIME type: image/gif",
        ),
    ],
)
async def test_malformed_request(gemini: Gemini, body: Any, part: str) -> None:
    """Each kind of malformed request is a 400 whose message names the trouble."""
    error = await post(gemini, body)
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert part in error["message"]


@pytest.mark.parametrize(
    ("model", "ratio", "size", "part"),
    [
        (MODEL, "7:3", None, "or '21:9'"),
        (MODEL, "1:1", "8K", "'1K', '2K', or '4K'"),
        (MODEL, "1:1", "2k", "'1K', '2K', or '4K'"),
        ("gemini-3-pro-image", "1:8", None, "aspect_ratio must be one of"),
        ("gemini-3.1-flash-lite-image", "1:1", "2K", "image_size must be '1K'"),
    ],
)
async def test_unsupported_ratio_or_size(
    developer: AsyncClient, image_config: Config, model: str, ratio: str, size: str | None, part: str
) -> None:
    """A ratio or size the model lacks is refused with the list of those it has."""
    error = await refused(developer, "a lake", image_config(ratio, size), model)
    assert (error.code, error.status) == (400, "INVALID_ARGUMENT")
    assert part in (error.message or "")


async def test_unknown_model(
    gemini: Gemini, developer: AsyncClient, enterprise: AsyncClient, image_config: Config
) -> None:
    """An unknown or retired model is 404 on both APIs and in the model list."""
    for client in (developer, enterprise):
        error = await refused(client, "a lake", image_config(), "gemini-2.5-flash-image")
        assert (error.code, error.status) == (404, "NOT_FOUND")
        with pytest.raises(errors.ClientError, match="404"):
            await client.models.get(model="gemini-2.5-flash-image")
    assert [call.outcome for call in gemini.calls()] == ["404 NOT_FOUND"] * 2


async def test_bad_key(gemini: Gemini, image_config: Config) -> None:
    """A wrong key is a 400 with the reason API_KEY_INVALID, as the real service answers it."""
    options = types.HttpOptions(base_url=gemini.base_url, retry_options=types.HttpRetryOptions(attempts=1))
    client = genai.Client(api_key="invalid-key", http_options=options).aio
    error = await refused(client, "a lake", image_config())
    await client.aclose()
    assert error.code == 400
    assert error.details["error"]["details"][0]["reason"] == "API_KEY_INVALID"


async def test_no_credentials(gemini: Gemini) -> None:
    """No key is 403 on the developer API, no token 401 on the enterprise API."""
    body = {"contents": [TURN]}
    keyless = await post(gemini, body, headers={})
    assert (keyless["code"], keyless["status"]) == (403, "PERMISSION_DENIED")
    tokenless = await post(gemini, body, path=ENTERPRISE_PATH, headers={})
    assert (tokenless["code"], tokenless["status"]) == (401, "UNAUTHENTICATED")


async def test_key_in_the_address_is_not_taken(gemini: Gemini) -> None:
    """A key in the URL would end up in logs: strict on purpose."""
    error = await post(gemini, {"contents": [TURN]}, path=f"{DEVELOPER_PATH}?key=test", headers={})
    assert error["code"] == 403


async def test_fifteen_references(developer: AsyncClient, image_config: Config, picture_part: Picture) -> None:
    """Fourteen pictures are accepted, fifteen refused."""
    part = picture_part("red", (16, 16))
    config = image_config("1:1")
    fourteen: list[types.PartUnion] = ["all", *[part] * 14]
    await developer.models.generate_content(model=MODEL, contents=fourteen, config=config)
    error = await refused(developer, [*fourteen, part], config)
    assert error.code == 400
    assert "at most 14" in (error.message or "")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
async def test_unreadable_picture(
    developer: AsyncClient, image_config: Config, picture_part: Picture, form: str
) -> None:
    """Half a picture is refused as Google refuses it, also when it is not the one to be edited."""
    whole = picture_part("red", (640, 480), form).inline_data
    assert whole is not None
    data = whole.data or b""
    half = types.Part.from_bytes(data=data[: len(data) // 2], mime_type=f"image/{form.lower()}")
    error = await refused(developer, ["all", picture_part(), half], image_config())
    assert error.code == 400
    assert "Unable to process input image" in (error.message or "")


async def test_a_hundred_megabytes(gemini: Gemini) -> None:
    """A body above 100 MB is a 400, not a broken connection."""
    part = {"inlineData": {"mimeType": "image/png", "data": "A" * 100_000_000}}
    error = await post(gemini, {"contents": [{"parts": [part]}]})
    assert error["code"] == 400
    assert "exceeds the limit: 100000000 bytes" in error["message"]


async def test_missing_signature_enterprise(
    enterprise: AsyncClient, image_config: Config, picture_part: Picture
) -> None:
    """The enterprise API has no finish reason for it: a model picture without a signature is a 400."""
    contents = [
        types.Content(role="user", parts=[types.Part(text="a lake")]),
        types.Content(role="model", parts=[picture_part()]),
        types.Content(role="user", parts=[types.Part(text="again")]),
    ]
    error = await refused(enterprise, contents, image_config())
    assert error.code == 400
    assert "missing a thought_signature in content position 2, part position 1" in (error.message or "")


async def test_altered_signature(developer: AsyncClient, image_config: Config, picture_part: Picture) -> None:
    """A signature the model never gave, such as one encoded twice, is refused."""
    own = picture_part()
    own.thought_signature = base64.b64encode(b"\x12local-gemini\x00")
    contents = [
        types.Content(role="model", parts=[own]),
        types.Content(role="user", parts=[types.Part(text="again")]),
    ]
    error = await refused(developer, contents, image_config())
    assert "Thought signature is not valid" in (error.message or "")
