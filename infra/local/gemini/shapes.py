"""The fields of a generateContent request, per API, as the reference of 2026 lists them.

Fields this server knows but gives no meaning (tools, penalties and so on) are `any`.
"""

from typing import Any, Final

from infra.local.gemini.fields import Many

_BLOB: Final = {"mime_type": "string", "data": "bytes"}
_PART: Final[dict[str, Any]] = {
    "text": "string",
    "inline_data": _BLOB,
    "file_data": "any",
    "thought": "bool",
    "thought_signature": "bytes",
    "media_resolution": "any",
    "video_metadata": "any",
    "function_call": "any",
    "function_response": "any",
    "executable_code": "any",
    "code_execution_result": "any",
    "part_metadata": "any",
}
_CONTENT: Final = {"role": "string", "parts": Many(_PART)}
_SAFETY_SETTING: Final = {"category": "string", "threshold": "string"}
_IMAGE_CONFIG: Final = {"aspect_ratio": "string", "image_size": "string", "person_generation": "string"}
_THINKING: Final = {"include_thoughts": "bool", "thinking_budget": "number", "thinking_level": "string"}
_GENERATION: Final[dict[str, Any]] = {
    "response_modalities": Many("string"),
    "image_config": _IMAGE_CONFIG,
    "thinking_config": _THINKING,
    "candidate_count": "number",
    "seed": "number",
    "max_output_tokens": "number",
    "temperature": "number",
    "top_p": "number",
    "top_k": "number",
    "presence_penalty": "number",
    "frequency_penalty": "number",
    "stop_sequences": Many("string"),
    "response_mime_type": "string",
    "response_schema": "any",
    "response_json_schema": "any",
    "response_logprobs": "bool",
    "logprobs": "number",
    "media_resolution": "string",
    "speech_config": "any",
}
_COMMON: Final[dict[str, Any]] = {
    "contents": Many(_CONTENT),
    "system_instruction": {"role": "string", "parts": Many(_PART)},
    "safety_settings": Many(_SAFETY_SETTING),
    "tools": "any",
    "tool_config": "any",
    "cached_content": "string",
}
DEVELOPER_REQUEST: Final[dict[str, Any]] = {
    **_COMMON,
    "generation_config": _GENERATION,
    "model": "string",
    "store": "bool",
    "service_tier": "string",
}
# `store` does not exist here: a caller that sends it has mixed up the two APIs.
ENTERPRISE_REQUEST: Final[dict[str, Any]] = {
    **_COMMON,
    "contents": Many({"role": "string", "parts": Many({**_PART, "inline_data": {**_BLOB, "display_name": "string"}})}),
    "generation_config": {
        **_GENERATION,
        "image_config": {
            **_IMAGE_CONFIG,
            "prominent_people": "string",
            "image_output_options": {"mime_type": "string", "compression_quality": "number"},
        },
        "routing_config": "any",
        "model_config": "any",
        "audio_timestamp": "bool",
    },
    "labels": "any",
    "model_armor_config": "any",
}
REQUESTS: Final = {"developer": DEVELOPER_REQUEST, "enterprise": ENTERPRISE_REQUEST}

_CATEGORIES: Final = (
    "HARASSMENT",
    "HATE_SPEECH",
    "SEXUALLY_EXPLICIT",
    "DANGEROUS_CONTENT",
    "CIVIC_INTEGRITY",
)
_ENTERPRISE_CATEGORIES: Final = (
    "JAILBREAK",
    "IMAGE_HATE",
    "IMAGE_DANGEROUS_CONTENT",
    "IMAGE_HARASSMENT",
    "IMAGE_SEXUALLY_EXPLICIT",
)
DEVELOPER_CATEGORIES: Final = frozenset(f"HARM_CATEGORY_{name}" for name in _CATEGORIES)
ENTERPRISE_CATEGORIES: Final = DEVELOPER_CATEGORIES | {f"HARM_CATEGORY_{name}" for name in _ENTERPRISE_CATEGORIES}
THRESHOLDS: Final = frozenset(
    {
        "BLOCK_NONE",
        "BLOCK_ONLY_HIGH",
        "BLOCK_MEDIUM_AND_ABOVE",
        "BLOCK_LOW_AND_ABOVE",
        "OFF",
    }
)
