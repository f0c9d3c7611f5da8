"""JSON answers that follow the request's schema, such as a reading of a message.

A schema with `act` and `sure` asks for a reading: what the bot should do about a message. The reading is made by a few
keywords, which is good enough to try the bot, but says nothing about a real model. A schema with `variants` asks for
prompts (`wording.py`). Any other schema gets a small valid instance.
"""

import json
import re
from typing import Any, Final

from infra.local.gemini.listening import hear, is_hearing
from infra.local.gemini.question import draw_number, find_language, find_question, find_topic, shorten
from infra.local.gemini.talk_request import TalkRequest
from infra.local.gemini.wording import is_wording, word_prompts

_READING_FIELDS: Final = frozenset({"act", "sure"})
_STRING_CHARACTERS_MAX: Final = 200
_DEPTH_MAX: Final = 20
_RATIO: Final = re.compile(r"\b\d{1,2}:\d{1,2}\b")
_ASKS: Final = re.compile(
    r"^\W*(?:what|why|how|who|where|when|which|is|are|do|does|can|could|tell|explain|что|почему|зачем|как|кто|где|когда|"
    r"какой|какая|какие|сколько|расскажи|объясни|переведи)\b",
    re.IGNORECASE,
)
_ACTS: Final = {
    "animate": r"\b(?:animate|video|clip|bring .{1,30} to life|оживи|анимируй|видео|ролик)\b",
    "draw": r"\b(?:draw|paint|sketch|generate|render|illustrate|picture of|image of|photo of|нарисуй|нарисовать|"
    r"изобрази|сгенери\w*|генерируй|пикч\w+|картинк\w+|рисунок|портрет|draw me)\b",
    "edit": r"\b(?:make (?:it|him|her|them)|change|remove|add|replace|now (?:at|in|with)|without|сделай|убери|добавь|"
    r"измени|замени|теперь|без|только)\b",
}
_LOOKS: Final = re.compile(
    r"\b(?:watercolou?r|oil on canvas|painting|pixel art|3d|isometric|anime|cinematic|poster|sticker|wallpaper|cover|"
    r"light|style|акварель\w*|маслом|стил[еь]|арт|аниме|комикс|постер|стикер|обложка|обои|"
    r"аватарк\w+|раскраска|фон|свет\w*|закат\w*)\b",
    re.IGNORECASE,
)
"""Words that describe a picture or its use."""
_TALKS: Final = re.compile(
    r"\b(?:i|i'm|you|your|me|my|we|our|he|she|they|thanks|sorry|ok|okay|yes|no|hello|hi|please|я|ты|вы|мы|он|она|они|"
    r"мне|меня|тебе|тебя|мой|моя|моё|мое|наш\w*|спасибо|пасиба|привет|ладно|надо|нужно|хочу|помоги|думаю|кажется|вчера|"
    r"сегодня|завтра)\b",
    re.IGNORECASE,
)
"""Words of conversation: a message with them does not describe a picture."""
_DESCRIBES_FROM_WORDS: Final = 4
_COMMAND: Final = re.compile(
    r"^\W*(?:please |пожалуйста,? )?(?:draw|paint|sketch|generate|нарисуй|изобрази|сгенерируй)(?: me| мне)?\s+",
    re.IGNORECASE,
)
_ORDINALS: Final = {"second": 1, "втор": 1, "third": 2, "трет": 2}
_SURE, _UNSURE = 0.93, 0.45


def write_json(request: TalkRequest) -> str:
    """One JSON text."""
    schema = request.schema or {"type": "object"}
    if is_hearing(request):
        return encode(fit_reading(hear(request), schema))
    if is_wording(schema):
        return encode({"variants": word_prompts(request, schema)})
    if schema.get("properties", {}).keys() >= _READING_FIELDS:
        return encode(fit_reading(read_message(request.prompt), schema))
    return encode(make_instance(schema, schema, find_topic(find_question(request.prompt))))


def encode(value: Any) -> str:
    """JSON on several lines, as models write it."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def read_message(text: str) -> dict[str, Any]:
    """The reading of a message."""
    question = find_question(text)
    act = _find_act(question)
    ratio = _RATIO.search(question)
    asks_back = {"en": "Shall I draw it or tell you about it?", "ru": "Нарисовать это или рассказать?"}
    return {
        "act": act,
        "prompt": _COMMAND.sub("", question) if act in {"draw", "edit", "animate"} else "",
        "which": next((place for word, place in _ORDINALS.items() if word in question.lower()), 0),
        "ratio": ratio[0] if ratio else None,
        "sure": _UNSURE if act == "ask" else _SURE,
        "question": asks_back[find_language(question)] if act == "ask" else "",
    }


def _find_act(question: str) -> str:
    if _ASKS.search(question) or (question.endswith("?") and not _COMMAND.search(question)):
        return "answer"
    for act, words in _ACTS.items():
        if re.search(words, question, re.IGNORECASE):
            return act
    if _TALKS.search(question):
        return "answer"
    is_described = _LOOKS.search(question) or len(question.split()) >= _DESCRIBES_FROM_WORDS
    return "draw" if is_described else "ask"  # a word or two may mean anything


def fit_reading(reading: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A reading with the fields and the choices of the schema."""
    fields: dict[str, Any] = {}
    for name, kind in schema["properties"].items():
        options = [kind, *kind.get("anyOf", ())]
        choices = next((option["enum"] for option in options if "enum" in option), None)
        value = reading[name] if name in reading else make_instance(kind, schema, "")
        if choices is not None and value not in choices and not (value is None and _takes_null(kind)):
            value = None if _takes_null(kind) else choices[0]
        fields[name] = value
    return fields


def make_instance(kind: dict[str, Any], root: dict[str, Any], words: str, depth: int = 0) -> Any:
    """A small value that the schema allows; `words` fill its strings."""
    if "$ref" in kind:
        kind = _follow(kind["$ref"], root)
    for several in ("anyOf", "oneOf"):
        if several in kind:
            kind = next((option for option in kind[several] if option.get("type") != "null"), kind[several][0])
            return make_instance(kind, root, words, depth)
    if "const" in kind:
        return kind["const"]
    if "enum" in kind:
        return kind["enum"][draw_number(words, len(kind["enum"]))]
    return _make_by_type(kind, root, words, depth)


def _make_by_type(kind: dict[str, Any], root: dict[str, Any], words: str, depth: int) -> Any:
    name = _find_type(kind)
    if name == "object":
        properties = kind.get("properties", {}) if depth < _DEPTH_MAX else {}
        wanted = kind.get("required") or list(properties)
        return {
            field: make_instance(properties[field], root, words, depth + 1) for field in wanted if field in properties
        }
    if name == "array":
        return [make_instance(kind.get("items", {}), root, words, depth + 1)] * int(kind.get("minItems", 0))
    if name in {"number", "integer"}:
        least = kind.get("minimum", min(0, kind.get("maximum", 0)))
        return int(least) if name == "integer" else float(least)
    if name == "boolean":
        return False
    return shorten(words, int(kind.get("maxLength", _STRING_CHARACTERS_MAX))) if name == "string" else None


def _find_type(kind: dict[str, Any]) -> str:
    """The type in lower case, in either of the two schema languages."""
    named = kind.get("type", "object" if "properties" in kind else "string")
    names = named if isinstance(named, list) else [named]
    return str(next((name for name in names if name != "null"), "null")).lower()


def _takes_null(kind: dict[str, Any]) -> bool:
    options = kind.get("anyOf", ())
    named = kind.get("type")
    return bool(kind.get("nullable")) or (isinstance(named, list) and "null" in named) or {"type": "null"} in options


def _follow(reference: str, root: dict[str, Any]) -> dict[str, Any]:
    found: Any = root
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)
