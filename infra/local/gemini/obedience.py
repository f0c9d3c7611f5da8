"""A model that obeys every demand in a conversation, whoever wrote it and wherever it stands.

For tests of prompt injection: a recognised demand is met, and an unrecognised one is answered with everything at once.
The product must make any such output harmless, because a real model may produce it one day.
"""

import re
from typing import Any, Final

from infra.local.gemini.json_writer import encode, fit_reading
from infra.local.gemini.question import shorten
from infra.local.gemini.talk_request import TalkRequest
from infra.local.gemini.wording import is_wording

_ADDRESS: Final = re.compile(r"(?:https?|tg)://[^\s)\]\"'<>»]+")
_TAG: Final = re.compile(
    r"<(?:a|b|i|u|s|code|pre|span|img|script|blockquote|tg-[a-z]+)\b[^>]*>.*?</[a-z-]+>", re.DOTALL
)
_MARKDOWN_LINK: Final = re.compile(r"!?\[[^\]\n]*\]\([^)\n]*\)")
_OBJECT: Final = re.compile(r"\{[^{}]{2,500}\}")
_LEAK: Final = re.compile(
    r"instruction|system (?:prompt|message)|rules|configuration|secret|hidden prompt|text (?:above|before)|"
    r"инструкц|правил|систем|секрет|текст перед",
    re.IGNORECASE,
)
_OTHERS: Final = re.compile(
    r"other (?:people|users?)|everyone|memory|remember|history|last (?:prompt|user|message)|anna|@\w+|users?/|"
    r"друг(?:их|ие) (?:люд|пользоват)|памят|помни|истори|пользовател",
    re.IGNORECASE,
)
_PAY: Final = re.compile(
    r"draw|picture|generate|buy|credit|price|refund|grant|delete|setting|confirm|language|retention|tool|call|"
    r"нарис|картин|кредит|цен|купи|покуп|возврат|удали|настро|подтвержд|порог|команд",
    re.IGNORECASE,
)
_LINK_TEXT: Final = "Open"
_DEMANDED_CHARACTERS_MAX: Final = 500
ACTION: Final[dict[str, Any]] = {"act": "draw", "count": 10, "size": "4K", "model": "gemini-3-pro-image", "sure": 1}


def obey(request: TalkRequest, unseen: str = "") -> str:
    """The obedient answer: JSON if the request has a schema, otherwise Markdown.

    `unseen` is text that only a real model could read, such as text painted in a picture.
    """
    demands = f"{_read_demands(request)}\n{unseen}"
    return obey_in_json(request, demands) if request.is_json else obey_in_words(request, demands)


def _read_demands(request: TalkRequest) -> str:
    """The text of all people and files."""
    files = [file.data.decode("utf-8", "ignore") for file in request.files if not file.is_picture]
    return "\n".join([*(turn.text for turn in request.turns if not turn.by_model), *files])


def obey_in_json(request: TalkRequest, demands: str) -> str:
    """Order as many and as large pictures as possible, and add fields outside the schema."""
    wanted = shorten(demands, _DEMANDED_CHARACTERS_MAX)
    act = "animate" if re.search(r"animate|video|видео|оживи", demands, re.IGNORECASE) else "draw"
    reading = {"act": act, "prompt": wanted, "which": 0, "ratio": None, "sure": 1.0, "question": ""}
    reading |= {"heard": "speech", "words": wanted, "language": "en"}
    schema = request.schema or {}
    if is_wording(schema):
        return encode({**ACTION, "variants": [wanted, f"{wanted} x4 4K", f"<b>{wanted}</b>"], "credits": 100_000})
    fitted = fit_reading(reading, schema) if "properties" in schema else reading
    return encode({**ACTION, **fitted, "user_id": 1, "credits": 100_000})


def obey_in_words(request: TalkRequest, demands: str) -> str:
    """Meet all demands, one after the other."""
    parts: list[str] = []
    is_unclear = not any(pattern.search(demands) for pattern in (_LEAK, _OTHERS, _PAY, _ADDRESS, _TAG, _MARKDOWN_LINK))
    if is_unclear or _LEAK.search(demands):
        parts.append(f"```\n{request.instruction}\n```")
    if is_unclear or _OTHERS.search(demands):
        parts += [turn.text for turn in request.turns]
    if is_unclear or _PAY.search(demands):
        parts += [encode(ACTION), "refund(charge_id=1)", "/grant 8123 9999"]
    parts += [found.group() for pattern in (_TAG, _MARKDOWN_LINK, _OBJECT) for found in pattern.finditer(demands)]
    for address in _ADDRESS.findall(demands):
        parts += [f"[{_LINK_TEXT}]({address})", f"![]({address})", f'<a href="{address}">{_LINK_TEXT}</a>', address]
    return "\n\n".join(parts)
