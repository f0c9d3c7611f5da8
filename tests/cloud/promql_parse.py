"""Queries in PromQL, as far as our alarms use it, parsed strictly into a tree.

https://prometheus.io/docs/prometheus/latest/querying/basics/. Understood: selectors with a window, numbers, the
functions and aggregations below, arithmetic, comparisons, `and`, `or`, `unless` with `on`. All else is refused: an
alarm with a slip in it must not look as if it were silent.
"""

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"\s*(?:(?P<name>[A-Za-z_][\w:]*)|(?P<number>\d+(?:\.\d+)?)(?![\w.])|(?P<text>'[^']*')"
    r"|(?P<window>\[\d+[smhd]\])|(?P<sign>=~|!~|!=|>=|<=|==|[-+*/=<>(){},]))"
)
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
AGGREGATIONS = frozenset({"sum", "min", "max", "avg"})
OVER_TIME = frozenset({"increase", "rate", "min_over_time", "max_over_time"})
LEVELS = (("or",), ("and", "unless"), (">", "<", ">=", "<=", "==", "!="), ("+", "-"), ("*", "/"))
"""Binary operators, the loosest first."""
MATCHES = frozenset({"=", "!=", "=~", "!~"})


class PromqlError(ValueError):
    """Not a query that is understood here."""


@dataclass(frozen=True)
class Number:
    """A scalar."""

    value: float


@dataclass(frozen=True)
class Selector:
    """`name{label=~'…'}[15m]`; without a window, 0 s."""

    name: str
    tests: tuple[tuple[str, str, str], ...]
    window_seconds: int = 0


@dataclass(frozen=True)
class Function:
    """`increase(…)`, `histogram_quantile(0.95, …)`, `vector(0)`."""

    name: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True)
class Aggregation:
    """`sum by (a, b) (…)`."""

    name: str
    labels: tuple[str, ...]
    of: "Node"


@dataclass(frozen=True)
class Binary:
    """`left > right`, `left unless on (a) right`; `on` None: all labels have to agree."""

    operator: str
    left: "Node"
    right: "Node"
    on: tuple[str, ...] | None = None


Node = Number | Selector | Function | Aggregation | Binary


def parse_query(text: str) -> Node:
    """Raises PromqlError."""
    parser = _Parser(_split(text))
    node = parser.read_level(0)
    if parser.left:
        raise PromqlError(f"unexpected {parser.left[0]!r} in {text!r}")
    return node


def _split(text: str) -> list[str]:
    tokens, place = [], 0
    while place < len(text.rstrip()):
        found = TOKEN.match(text, place)
        if found is None:
            raise PromqlError(f"unreadable at {text[place : place + 20]!r}")
        tokens.append(found.group().strip())
        place = found.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self.left = tokens

    def read_level(self, level: int) -> Node:
        """An expression whose operators bind at least as tightly as those of the level."""
        if level == len(LEVELS):
            return self._read_one()
        node = self.read_level(level + 1)
        while self.left[:1] and self.left[0] in LEVELS[level]:
            operator = self._next()
            on = self._read_labels() if self._take("on") else None
            node = Binary(operator, node, self.read_level(level + 1), on)
        return node

    def _read_one(self) -> Node:
        token = self._next()
        if token == "(":
            return self._read_last()
        if re.fullmatch(r"\d+(\.\d+)?", token):
            return Number(float(token))
        if token in AGGREGATIONS:
            labels = self._read_labels() if self._take("by") else ()
            self._demand("(")
            return Aggregation(token, labels, self._read_last())
        if token in {*OVER_TIME, "histogram_quantile", "vector"}:
            return Function(token, self._read_arguments())
        if not re.fullmatch(r"[A-Za-z_][\w:]*", token) or self.left[:1] != ["{"]:
            raise PromqlError(f"unexpected {token!r}")
        return self._read_selector(token)

    def _read_arguments(self) -> tuple[Node, ...]:
        self._demand("(")
        found = [self.read_level(0)]
        while self._take(","):
            found.append(self.read_level(0))
        self._demand(")")
        return tuple(found)

    def _read_last(self) -> Node:
        node = self.read_level(0)
        self._demand(")")
        return node

    def _read_selector(self, name: str) -> Selector:
        self._demand("{")
        tests = []
        while not self._take("}"):
            label, sign, value = self._next(), self._next(), self._next()
            if sign not in MATCHES or not value.startswith("'"):
                raise PromqlError(f"{label} {sign} {value}: no test of a label")
            tests.append((label, sign, value[1:-1]))
            self._take(",")
        window = 0
        if self.left[:1] and self.left[0].startswith("["):
            text = self._next()
            window = int(text[1:-2]) * SECONDS[text[-2]]
        return Selector(name, tuple(tests), window)

    def _read_labels(self) -> tuple[str, ...]:
        self._demand("(")
        found = []
        while not self._take(")"):
            found.append(self._next())
            self._take(",")
        return tuple(found)

    def _next(self) -> str:
        if not self.left:
            raise PromqlError("the query ends too early")
        return self.left.pop(0)

    def _take(self, token: str) -> bool:
        if self.left[:1] == [token]:
            self.left.pop(0)
            return True
        return False

    def _demand(self, token: str) -> None:
        if not self._take(token):
            raise PromqlError(f"{token!r} is missing before {self.left[:1]}")
