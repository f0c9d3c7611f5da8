"""Which attributes may leave the process, and with which values: an allow-list, since a prompt can be in any text.

An attribute without a rule is dropped, and so is a value that does not match its rule.
"""

import re
from collections.abc import Mapping

from shared.telemetry.record import Attributes, Value

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]{0,63}")
_ROUTE = re.compile(r"/|(/([a-z][a-z-]{0,31}|\{[a-z_]{1,16}\})){1,6}/?")
_MODEL = re.compile(r"[a-z0-9][a-z0-9./-]{0,63}")
_HOST = re.compile(r"[a-z0-9][a-z0-9.-]{0,80}")
_NUMBER = re.compile(r"-?[0-9]{1,12}")

ALLOWED: Mapping[str, re.Pattern[str]] = {
    "error.type": _WORD,
    "http.request.method": re.compile(r"GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|_OTHER"),
    "http.response.status_code": re.compile(r"[1-5][0-9]{2}"),
    "http.route": _ROUTE,
    "server.address": _HOST,
    "rpc.method": _WORD,
    "rpc.system.name": _WORD,
    "messaging.system": _WORD,
    "messaging.operation.type": _WORD,
    "messaging.destination.name": _WORD,
    "messaging.message.body.size": _NUMBER,
    "db.system.name": re.compile(r"gcp\.firestore"),
    "db.operation.name": _WORD,
    "telegram.update.kind": _WORD,
    "gen_ai.operation.name": _WORD,
    "gen_ai.provider.name": re.compile(r"[a-z0-9_.]{1,24}"),
    "gen_ai.request.model": _MODEL,
    "gen_ai.output.type": _WORD,
    "gen_ai.token.type": re.compile(r"input|output"),
    "gen_ai.usage.input_tokens": _NUMBER,
    "gen_ai.usage.output_tokens": _NUMBER,
    "nanobanana.outcome": _WORD,
}


def allow(attributes: Attributes) -> dict[str, Value]:
    """The attributes that may leave."""
    return {name: value for name, value in attributes.items() if _is_allowed(name, value)}


def find_route(path: str) -> str:
    """The template of a path of ours: each part that is no plain word, such as an id, becomes {id}."""
    parts = [part if re.fullmatch(r"[a-z][a-z-]{0,15}", part) else "{id}" for part in path.split("/")[1:7] if part]
    return "/" + "/".join(parts)


def _is_allowed(name: str, value: Value) -> bool:
    rule = ALLOWED.get(name)
    return rule is not None and rule.fullmatch(str(value)) is not None
