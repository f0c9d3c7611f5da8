"""POST /api/v1/admin/broadcast: a program of an admin writes the draft of a broadcast.

To everybody else the address is not there. The draft goes to nobody until its operator confirms it in the bot, so a
key that was stolen reaches no one.
"""

from collections.abc import Mapping
from typing import Any

from shared.admin.calls import Operator
from shared.admin.write_broadcast import write_broadcast
from shared.broadcasts.audience import ACTIVE_DAYS, BALANCES, LANGUAGES, Audience
from shared.broadcasts.content import TEXT_UNITS_MAX
from shared.errors import UnusableReportError
from shared.people.operators import Role, role_of
from shared.people.users import language_of
from shared.ports import AppPorts
from shared.rest.calls import NOT_FOUND, Problem, RestAnswer
from shared.rest.program import RestCall

FIELDS = frozenset({"text", "language", "active_days", "balance"})


async def order_broadcast(ports: AppPorts, call: RestCall) -> RestAnswer | Problem:
    """Keep the draft, and have the bot show its card. Raises UnusableReportError, UnavailableError."""
    role = role_of(ports, call.user_id)
    if role is not Role.ADMIN:
        return NOT_FOUND
    words, audience = _read_words(call.body), _read_audience(call.body)
    language = language_of(call.opened.user, call.opened.user.news.language)
    operator = Operator(call.user_id, role, language, "")
    written = await write_broadcast(ports, operator, words, audience, f"api {call.idempotency_key}")
    if written.broadcast is None and written.fault:
        raise UnusableReportError("text: empty, too long, or with too many buttons")
    if written.broadcast is None:
        return Problem(422, "This Idempotency-Key was used for another text.", "idempotency-key-reused")
    content = {"id": written.broadcast.id, "state": written.broadcast.state.value}
    return RestAnswer(content, 201 if written.is_fresh else 200)


def _read_words(body: Mapping[str, Any]) -> str:
    if unknown := set(body) - FIELDS:
        raise UnusableReportError(f"{min(unknown)[:40]}: no field of a broadcast")
    words = body.get("text")
    if not isinstance(words, str) or not words.strip() or len(words) > TEXT_UNITS_MAX:
        raise UnusableReportError(f"text: 1 to {TEXT_UNITS_MAX} characters of Telegram's HTML")
    return words


def _read_audience(body: Mapping[str, Any]) -> Audience:
    language, days, balance = body.get("language", ""), body.get("active_days", 0), body.get("balance", "")
    if language not in LANGUAGES or not isinstance(language, str):
        raise UnusableReportError(f"language: one of {', '.join(filter(None, LANGUAGES))}, or empty for everybody")
    if type(days) is not int or days not in ACTIVE_DAYS:
        raise UnusableReportError(f"active_days: one of {', '.join(map(str, ACTIVE_DAYS))}")
    if balance not in BALANCES or not isinstance(balance, str):
        raise UnusableReportError(f"balance: one of {', '.join(filter(None, BALANCES))}, or empty for everybody")
    return Audience(language, days, balance)
