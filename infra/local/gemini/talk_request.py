"""A generateContent request for an answer in words, checked as Google checks it."""

from dataclasses import dataclass
from typing import Any, Final

from infra.local.gemini import shapes
from infra.local.gemini.contents import (
    IMAGE_TYPES,
    PREFIX,
    Api,
    FileIn,
    check_contents,
    check_modalities,
    find_prompt,
    list_files,
    read_safety,
)
from infra.local.gemini.errors import bad_field, invalid_argument
from infra.local.gemini.fields import read_message
from infra.local.gemini.models import ALL_LEVELS, OUTPUT_TOKENS_MAX, THOUGHT_TOKENS, TextModel

JSON: Final = "application/json"
FILE_TYPES: Final = IMAGE_TYPES | {
    *("application/pdf", "text/plain", "text/csv", "text/markdown", "text/html", "text/xml", "text/x-python"),
    *("application/json", "application/xml", "text/css", "text/javascript", "text/rtf"),
    *("audio/ogg", "audio/mpeg", "audio/mp3", "audio/wav", "audio/aac", "audio/flac", "audio/mp4", "audio/m4a"),
    *("video/mp4", "video/mpeg", "video/quicktime", "video/webm", "video/3gpp"),
}
_MIME_TYPES: Final = ("text/plain", JSON, "application/xml", "application/yaml", "text/x.enum")
_RANGES: Final = {"temperature": (0.0, 2.0), "top_p": (0.0, 1.0)}
_SEARCH: Final = {"google_search", "googleSearch"}
_LEVEL_PATH: Final = "generation_config.thinking_config.thinking_level"


@dataclass(frozen=True)
class Turn:
    """What one side said, thoughts left out."""

    by_model: bool
    text: str


@dataclass(frozen=True)
class TalkRequest:
    """What the server acts on; `schema` None means that any answer will do."""

    model: TextModel
    instruction: str
    turns: tuple[Turn, ...]
    prompt: str
    files: tuple[FileIn, ...]
    output_tokens_max: int
    thinking_level: str
    thought_tokens: int
    shows_thoughts: bool
    is_json: bool
    schema: dict[str, Any] | None
    stop_sequences: tuple[str, ...]
    store: bool | None
    safety_settings: dict[str, str]
    searches: bool = False
    """It may use Google Search, and does."""

    @property
    def asked_before(self) -> list[str]:
        """What the person said in earlier turns, the oldest first."""
        return [turn.text for turn in self.turns[:-1] if not turn.by_model]

    @property
    def answered_before(self) -> list[str]:
        """What the model said, the oldest first."""
        return [turn.text for turn in self.turns if turn.by_model]


def read_talk(raw: dict[str, Any], model: TextModel, api: Api) -> TalkRequest:
    """Every rule but the pictures' own bytes; raises GoogleError."""
    message = read_message(raw, shapes.REQUESTS[api])
    contents = message.get("contents", [])
    config = message.get("generation_config", {})
    check_contents(contents, FILE_TYPES)
    _check_words(contents)
    _check_config(config, model)
    level = _read_level(config.get("thinking_config", {}), model)
    return TalkRequest(
        model=model,
        instruction=_read_instruction(message),
        turns=tuple(Turn(content.get("role") == "model", _join(content["parts"])) for content in contents),
        prompt=find_prompt(contents),
        files=tuple(list_files(contents)),
        output_tokens_max=int(config.get("max_output_tokens", OUTPUT_TOKENS_MAX)),
        thinking_level=level,
        thought_tokens=0 if config.get("thinking_config", {}).get("thinking_budget") == 0 else THOUGHT_TOKENS[level],
        shows_thoughts=bool(config.get("thinking_config", {}).get("include_thoughts")),
        is_json=config.get("response_mime_type") == JSON,
        schema=config.get("response_json_schema", config.get("response_schema")),
        stop_sequences=tuple(config.get("stop_sequences", ())),
        store=message.get("store"),
        safety_settings=read_safety(message.get("safety_settings", []), api),
        searches=_read_tools(message.get("tools", [])),
    )


def _read_tools(tools: Any) -> bool:
    """Whether Google Search is among the tools; no other is known here."""
    if not isinstance(tools, list) or not all(isinstance(tool, dict) for tool in tools):
        raise bad_field("tools", "Invalid value at 'tools' (TYPE_MESSAGE)")
    names = {name for tool in tools for name in tool}
    if unknown := sorted(names - _SEARCH):
        raise bad_field(f"tools.{unknown[0]}", f"{PREFIX}tools.{unknown[0]}: not supported here\n")
    return bool(names)


def _join(parts: list[dict[str, Any]]) -> str:
    return "\n".join(part["text"] for part in parts if "text" in part and not part.get("thought"))


def _check_words(contents: list[dict[str, Any]]) -> None:
    for position, content in enumerate(contents):
        for number, part in enumerate(content["parts"]):
            if part.get("text") == "" and not part.get("thought_signature"):
                path = f"contents[{position}].parts[{number}].data"
                message = f"{PREFIX}{path}: required oneof field 'data' must have one initialized field\n"
                raise bad_field(path, message)
    if contents[-1].get("role", "user") != "user":
        raise invalid_argument("Please ensure that multiturn requests end with a user role or a function response.")


def _read_instruction(message: dict[str, Any]) -> str:
    if "system_instruction" not in message:
        return ""
    parts = message["system_instruction"].get("parts", [])
    if not parts or any(not part.get("text") for part in parts):
        path = "system_instruction.parts"
        raise bad_field(path, f"{PREFIX}{path}: system_instruction must have text parts only.\n")
    return _join(parts)


def _check_config(config: dict[str, Any], model: TextModel) -> None:
    if config.get("candidate_count", 1) != 1:
        raise invalid_argument("Multiple candidates is not enabled for this model")
    _check_output(config, model)
    _check_numbers(config)
    _check_schema(config)


def _check_output(config: dict[str, Any], model: TextModel) -> None:
    modalities = config.get("response_modalities", [])
    check_modalities(modalities)
    if set(modalities) - {"TEXT"}:
        asked = f"The requested combination of response modalities ({', '.join(sorted(modalities))})"
        accepted = f"models/{model.name} accepts the following combination of response modalities:\n* TEXT\n"
        raise invalid_argument(f"{asked} is not supported by the model. {accepted}")
    for field in ("image_config", "speech_config"):
        if field in config:
            raise bad_field(f"generation_config.{field}", f"{PREFIX}generation_config.{field}: not supported here\n")


def _check_numbers(config: dict[str, Any]) -> None:
    tokens = config.get("max_output_tokens", 1)
    if tokens != int(tokens):
        path = "generation_config.max_output_tokens"
        raise bad_field(path, f"Invalid value at '{path}' (TYPE_INT32), {tokens}")
    if not 1 <= tokens <= OUTPUT_TOKENS_MAX:
        bounds = f"the supported range is from 1 (inclusive) to {OUTPUT_TOKENS_MAX + 1} (exclusive)"
        said = f"Unable to submit request because it has a maxOutputTokens value of {int(tokens)} but {bounds}."
        raise invalid_argument(f"{said} Update the value and try again.")
    for field, (least, most) in _RANGES.items():
        if not least <= config.get(field, least) <= most:
            path = f"generation_config.{field}"
            raise bad_field(path, f"{PREFIX}{path}: {field} must be in the range [{least}, {most}].\n")


def _check_schema(config: dict[str, Any]) -> None:
    mime_type = config.get("response_mime_type", "text/plain")
    if mime_type not in _MIME_TYPES:
        path = "generation_config.response_mime_type"
        *most, last = [f"`{name}`" for name in _MIME_TYPES]
        raise bad_field(path, f"{PREFIX}{path}: allowed mimetypes are {', '.join(most)} and {last}.\n")
    given = [name for name in ("response_schema", "response_json_schema") if name in config]
    for name in given:
        path = f"generation_config.{name}"
        if mime_type not in {JSON, "text/x.enum"}:
            raise bad_field(path, f"{PREFIX}{path}: only allowed when response_mime_type is `{JSON}`.\n")
        if not isinstance(config[name], dict):
            raise bad_field(path, f"Invalid value at '{path}' (TYPE_MESSAGE)")
    if len(given) > 1:
        raise invalid_argument("Only one of response_schema and response_json_schema may be set.")


def _read_level(thinking: dict[str, Any], model: TextModel) -> str:
    level, budget = thinking.get("thinking_level"), thinking.get("thinking_budget")
    if level is not None and level.upper() not in ALL_LEVELS:
        raise bad_field(_LEVEL_PATH, f"Invalid value at '{_LEVEL_PATH}' (TYPE_ENUM), \"{level}\"")
    if level is not None and budget is not None:
        raise invalid_argument("You can only set only one of thinking budget and thinking level.")
    if budget is not None and not model.takes_budget:
        raise invalid_argument("Thinking budget is not supported for this model.")
    if level is None:
        return model.default_level
    if level.upper() not in model.levels:
        refused = f"Thinking level {level.upper()} is not supported for this model."
        raise invalid_argument(f"{refused} Please retry with other thinking level.")
    return str(level.upper())
