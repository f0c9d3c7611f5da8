"""The bodies of successful answers, as the REST API writes them."""

import base64
import json
import secrets
from datetime import UTC, datetime
from typing import Any, Final

from infra.local.gemini.contents import Api
from infra.local.gemini.models import IMAGE_TOKENS, ImageModel, TextModel
from infra.local.gemini.request import GenerateRequest

# What one picture in the prompt counts for; text is counted roughly, at four characters a token.
_TOKENS_PER_PICTURE_IN: Final = 560
_CHARACTERS_PER_TOKEN: Final = 4
# Stands in the JSON for the picture, which is spliced in as ready base64: 22 MB need no second copy per call.
_PLACE: Final = "@picture@"
_PLACE_FIELD: Final = f'"data": "{_PLACE}"'

REFUSAL_TEXTS: Final = {
    "NO_IMAGE": "I can describe this scene in words, but I did not make a picture of it this time.",
    "MAX_TOKENS": "Here is the beginning of",
}


def picture_body(
    request: GenerateRequest, api: Api, *, text: str, picture_base64: bytes, signature: bytes
) -> list[bytes]:
    """The answer with a picture, in three pieces that together are the JSON body."""
    signed = base64.b64encode(signature).decode()
    parts: list[dict[str, Any]] = []
    if text:
        parts.append({"text": text, "thoughtSignature": signed})
    parts.append({"inlineData": {"mimeType": "image/png", "data": _PLACE}, "thoughtSignature": signed})
    content = {"role": "model", "parts": parts}
    candidate = {"content": content, "finishReason": "STOP", "index": 0}
    body = _body(request, api, IMAGE_TOKENS[request.image_size], text) | {"candidates": [candidate]}
    # A text that quotes the place has its quotation marks escaped: the field itself stays the only match.
    head, tail = json.dumps(body, ensure_ascii=False).split(_PLACE_FIELD)
    return [f'{head}"data": "'.encode(), picture_base64, f'"{tail}'.encode()]


def text_body(request: GenerateRequest, api: Api, text: str) -> dict[str, Any]:
    """The answer of a call that asked for text only."""
    content = {"role": "model", "parts": [{"text": text}]}
    candidate = {"content": content, "finishReason": "STOP", "index": 0}
    return _body(request, api, 0, text) | {"candidates": [candidate]}


def unfinished_body(request: GenerateRequest, api: Api, reason: str) -> dict[str, Any]:
    """The answer with a finish reason and no picture; some reasons come with a text."""
    text = REFUSAL_TEXTS.get(reason, "")
    candidate: dict[str, Any] = {"finishReason": reason, "index": 0}
    if text:
        candidate["content"] = {"role": "model", "parts": [{"text": text}]}
    else:
        candidate["finishMessage"] = f"The model stopped without a picture: {reason}."
    return _body(request, api, 0, text) | {"candidates": [candidate]}


def blocked_body(request: GenerateRequest, api: Api, reason: str) -> dict[str, Any]:
    """The answer to a prompt that was refused before the model saw it: no candidates at all."""
    return _body(request, api, 0, "") | {"promptFeedback": {"blockReason": reason}}


def begin_body(api: Api, model: ImageModel | TextModel, version: str = "") -> dict[str, Any]:
    """The fields of every answer besides candidates and usage; `version` names the model, if another one answered."""
    body: dict[str, Any] = {"modelVersion": version or model.name, "responseId": secrets.token_urlsafe(16)}
    if api == "developer" and model.stage:
        body["modelStatus"] = {"modelStage": model.stage, "message": f"{model.name} is {model.stage.lower()}."}
    if api == "enterprise":
        body["createTime"] = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return body


def _body(request: GenerateRequest, api: Api, picture_tokens: int, text: str) -> dict[str, Any]:
    usage = _usage(request, picture_tokens, _text_tokens(text))
    if api == "enterprise":
        usage["trafficType"] = "ON_DEMAND"
    return {"usageMetadata": usage, **begin_body(api, request.model)}


def _usage(request: GenerateRequest, picture_tokens: int, text_tokens: int) -> dict[str, Any]:
    prompt_text = _text_tokens(request.prompt)
    prompt_pictures = _TOKENS_PER_PICTURE_IN * len(request.pictures)
    produced = picture_tokens + text_tokens
    usage: dict[str, Any] = {
        "promptTokenCount": prompt_text + prompt_pictures,
        "totalTokenCount": prompt_text + prompt_pictures + produced,
        "promptTokensDetails": _details(TEXT=prompt_text, IMAGE=prompt_pictures),
    }
    if produced:
        usage["candidatesTokenCount"] = produced
        usage["candidatesTokensDetails"] = _details(TEXT=text_tokens, IMAGE=picture_tokens)
    return usage


def _details(**tokens: int) -> list[dict[str, Any]]:
    return [{"modality": name, "tokenCount": count} for name, count in tokens.items() if count]


def _text_tokens(text: str) -> int:
    return -(-len(text) // _CHARACTERS_PER_TOKEN)
