"""A request for speech, checked as strictly as the Interactions API does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from infra.local.gemini.errors import bad_field, invalid_argument, model_not_found
from infra.local.gemini.fields import Many, read_message
from infra.local.gemini.models import SPEECH_INPUT_TOKENS_MAX, SPEECH_MODELS, SPEECH_VOICES, SpeechModel

OGG: Final = "audio/ogg_opus"
WAV: Final = "audio/wav"
_ANNOTATION: Final = {
    "type": "string", "style": "string", "speaker": "string", "start_index": "number", "end_index": "number"
}  # fmt: skip
_CONTENT: Final = {"type": "string", "text": "string", "annotations": Many(_ANNOTATION)}
_SHAPE: Final[Mapping[str, Any]] = {
    "model": "string",
    "input": "any",
    "store": "bool",
    "stream": "bool",
    "background": "bool",
    "labels": "any",
    "safety_settings": "any",
    "response_format": {
        "type": "string", "mime_type": "string", "sample_rate": "number", "bit_rate": "number", "delivery": "string"
    },
    "generation_config": {"speech_config": Many({"voice": "string", "language": "string", "speaker": "string"})},
}  # fmt: skip
_CHARACTERS_PER_TOKEN: Final = 4


@dataclass(frozen=True)
class SpeechRequest:
    """The text to speak, the voice and the format."""

    model: SpeechModel
    text: str
    voice: str
    style: str
    mime_type: str
    store: bool | None

    @property
    def tokens(self) -> int:
        """The token count of the text."""
        return -(-len(self.text) // _CHARACTERS_PER_TOKEN)


def read_speech(raw: dict[str, Any], version: str) -> SpeechRequest:
    """The request of one speaker. Raises GoogleError."""
    message = read_message(raw, _SHAPE)
    name = message.get("model", "")
    if name not in SPEECH_MODELS:
        raise model_not_found(name, version)
    if message.get("stream") or message.get("background"):
        raise invalid_argument("The local server speaks at once: neither as a stream nor in the background.")
    contents = _read_contents(message.get("input"))
    text = "\n".join(content.get("text", "") for content in contents)
    if not text.strip():
        raise bad_field("input", "input must not be empty.")
    styles = [each.get("style", "") for content in contents for each in content.get("annotations", [])]
    request = SpeechRequest(
        model=SPEECH_MODELS[name],
        text=text,
        voice=_read_voice(message.get("generation_config", {}).get("speech_config", [])),
        style=" ".join(filter(None, styles)),
        mime_type=_read_format(message.get("response_format", {})),
        store=message.get("store"),
    )
    if request.tokens > SPEECH_INPUT_TOKENS_MAX:
        raise invalid_argument(f"The input token count exceeds the maximum of {SPEECH_INPUT_TOKENS_MAX}.")
    return request


def _read_contents(given: Any) -> list[dict[str, Any]]:
    """A text, or a list of texts; a turn of a person holds such a list."""
    if isinstance(given, str):
        return [{"type": "text", "text": given}]
    if isinstance(given, dict):
        given = [given]
    if not isinstance(given, list):
        raise bad_field("input", "Invalid value at 'input' (oneof)")
    steps = [each for each in given if isinstance(each, dict) and each.get("type") == "user_input"]
    if steps:
        given = [content for step in steps for content in step.get("content", [])]
    contents = [read_message(each, _CONTENT, "input") for each in given]
    if any(content.get("type") != "text" for content in contents):
        raise invalid_argument("The model speaks texts only.")
    return contents


def _read_voice(speakers: list[dict[str, Any]]) -> str:
    if len(speakers) > 1:
        raise invalid_argument("The local server has one speaker at a time.")
    voice = str(speakers[0].get("voice", "Kore")) if speakers else "Kore"
    if voice not in SPEECH_VOICES:
        raise bad_field("generation_config.speech_config[0].voice", f"Voice name {voice} is not supported.")
    return voice


def _read_format(form: dict[str, Any]) -> str:
    if form and form.get("type") != "audio":
        raise bad_field("response_format.type", "The model makes audio only.")
    mime_type = str(form.get("mime_type", WAV))
    if mime_type not in {OGG, WAV}:
        raise bad_field("response_format.mime_type", f"The local server does not make {mime_type}.")
    return mime_type
