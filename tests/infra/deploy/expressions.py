"""GitHub's expressions, `${{ … }}`, as far as our workflows use them.

https://docs.github.com/en/actions/reference/workflows-and-actions/expressions: what is not there is empty, `&&` and
`||` give one of their sides, texts are compared without regard to case.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TOKEN = re.compile(r"\s*('(?:[^']|'')*'|&&|\|\||==|!=|[!().,]|[A-Za-z_][\w-]*|\*)")
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
STATUS = re.compile(r"\b(always|cancelled|failure|success)\(")


@dataclass(frozen=True)
class Scope:
    """What names mean, and how what came before ended."""

    names: Mapping[str, Any]
    succeeded: bool = True
    failed: bool = False

    def with_names(self, **more: Any) -> "Scope":
        return Scope({**self.names, **more}, self.succeeded, self.failed)

    def call(self, name: str, given: Sequence[Any]) -> Any:
        match name:
            case "always":
                return True
            case "cancelled":
                return False
            case "success":
                return self.succeeded
            case "failure":
                return self.failed
            case "contains":
                return given[1] in given[0]
            case "fromJSON":
                return json.loads(given[0])
            case _:
                raise ValueError(f"{name} is not known here")


def evaluate(text: str, scope: Scope) -> Any:
    """The value of what stands between the braces. Raises ValueError for what is not known here."""
    reading = _Reading(_split(text), scope)
    value = reading.read_or()
    if reading.tokens:
        raise ValueError(f"left over in {text!r}: {reading.tokens}")
    return value


def is_met(condition: object, scope: Scope) -> bool:
    """Whether an `if:` lets a job or step run; one that asks for no status wants success."""
    text = str(condition).strip()
    whole = EXPRESSION.fullmatch(text)
    text = whole[1] if whole else text
    if not STATUS.search(text):
        return scope.succeeded and bool(evaluate(text, scope))
    return bool(evaluate(text, scope))


def fill(value: object, scope: Scope) -> str:
    """A text with its expressions worked out."""
    return EXPRESSION.sub(lambda found: _show(evaluate(found[1], scope)), _show(value))


def fill_all(values: Mapping[str, object], scope: Scope) -> dict[str, str]:
    return {name: fill(value, scope) for name, value in values.items()}


def _split(text: str) -> list[str]:
    tokens, place, text = [], 0, text.strip()
    while place < len(text):
        found = TOKEN.match(text, place)
        if found is None:
            raise ValueError(f"unreadable: {text[place:]!r}")
        tokens.append(found[1])
        place = found.end()
    return tokens


def _show(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


@dataclass
class _Reading:
    """Reads tokens from the left, the loosest operator first."""

    tokens: list[str]
    scope: Scope

    def read_or(self) -> Any:
        value = self.read_and()
        while self._take("||"):
            other = self.read_and()
            value = value or other
        return value

    def read_and(self) -> Any:
        value = self.read_comparison()
        while self._take("&&"):
            other = self.read_comparison()
            value = value and other
        return value

    def read_comparison(self) -> Any:
        value = self.read_single()
        for sign in ("==", "!="):
            if self._take(sign):
                same = _show(value).lower() == _show(self.read_single()).lower()
                return same == (sign == "==")
        return value

    def read_single(self) -> Any:
        if self._take("!"):
            return not self.read_single()
        if self._take("("):
            value = self.read_or()
            self._demand(")")
            return value
        token = self.tokens.pop(0)
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        value = self.scope.call(token, self._read_given()) if self._take("(") else self.scope.names.get(token, "")
        return self._follow(value)

    def _read_given(self) -> list[Any]:
        given = []
        while not self._take(")"):
            given.append(self.read_or())
            self._take(",")
        return given

    def _follow(self, value: Any) -> Any:
        while self._take("."):
            name = self.tokens.pop(0)
            if name == "*":
                value = list(value.values())
            elif isinstance(value, list):
                value = [each.get(name, "") for each in value]
            else:
                value = value.get(name, "") if isinstance(value, Mapping) else ""
        return value

    def _take(self, token: str) -> bool:
        if self.tokens[:1] != [token]:
            return False
        self.tokens.pop(0)
        return True

    def _demand(self, token: str) -> None:
        if not self._take(token):
            raise ValueError(f"{token} is missing before {self.tokens}")
