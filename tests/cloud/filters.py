"""The filters of Cloud Monitoring and Cloud Logging, as far as the deployer writes them: parsed strictly.

https://cloud.google.com/monitoring/api/v3/filters, https://cloud.google.com/logging/docs/view/logging-query-language.
Understood: comparisons, AND, OR, NOT, parentheses, `one_of("a", "b")`, `starts_with("a")`, a list of values
`("a" OR "b")`. NOT binds tightest, then OR, then AND, as in Cloud Logging. Everything else is refused, also what the
real ones would take for a search for a word: a filter with a slip in it must not look as if it found nothing.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.cloud.errors import ApiError

TOKEN = re.compile(r'\s*(?:(?P<word>[A-Za-z_0-9][\w./-]*)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<sign>!=|>=|<=|=~|[=<>:(),]))')
KEYWORDS = frozenset({"AND", "OR", "NOT"})
OPERATORS = frozenset({"=", "!=", ">", "<", ">=", "<=", ":"})
FUNCTIONS = frozenset({"one_of", "starts_with"})
LENGTH_MAX = 20_000


@dataclass(frozen=True)
class Comparison:
    """`field operator values`; several values are one_of's, any of them will do."""

    field: str
    operator: str
    values: tuple[str, ...]
    function: str = ""


@dataclass(frozen=True)
class Logic:
    """AND, OR or NOT of other nodes."""

    word: str
    nodes: tuple["Node", ...]


Node = Comparison | Logic
Test = Callable[[Comparison], bool]


def parse_filter(text: str) -> Node:
    """Raises ApiError (400) for what is no filter."""
    if not text or len(text) > LENGTH_MAX:
        raise ApiError(400, "Request must contain a filter of at most 20000 characters.")
    parser = _Parser(list(_split(text)))
    node = parser.read_all()
    if parser.left:
        raise parser.refuse()
    return node


def holds(node: Node, test: Test) -> bool:
    """Whether a thing, known by `test`, fits."""
    if isinstance(node, Comparison):
        return test(node)
    results = [holds(each, test) for each in node.nodes]
    if node.word == "NOT":
        return not results[0]
    return all(results) if node.word == "AND" else any(results)


def list_comparisons(node: Node) -> Iterator[Comparison]:
    """Every comparison in it."""
    if isinstance(node, Comparison):
        yield node
        return
    for each in node.nodes:
        yield from list_comparisons(each)


def compare_texts(found: str, comparison: Comparison) -> bool:
    """Whether a text fits. Raises ApiError for an operator that texts do not have here."""
    if comparison.function == "starts_with":
        fits = any(found.startswith(value) for value in comparison.values)
    elif comparison.operator in {"=", "!="}:
        fits = found in comparison.values
    elif comparison.operator == ":":
        fits = any(value in found for value in comparison.values)
    else:
        raise ApiError(400, f"Operator {comparison.operator} is not for {comparison.field}")
    return not fits if comparison.operator == "!=" else fits


def _split(text: str) -> Iterator[str]:
    place, end = 0, len(text.rstrip())
    while place < end:
        found = TOKEN.match(text, place)
        if not found:
            raise ApiError(400, f"Unparseable filter: syntax error at column {place + 1}")
        yield found.group().strip()
        place = found.end()


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self.left = tokens

    def read_all(self) -> Node:
        return self._join("AND", self._read_any)

    def refuse(self) -> ApiError:
        at = self.left[0] if self.left else "the end"
        return ApiError(400, f"Unparseable filter: unexpected {at}")

    def _read_any(self) -> Node:
        return self._join("OR", self._read_one)

    def _join(self, word: str, read: Callable[[], Node]) -> Node:
        nodes = [read()]
        while self._take(word):
            nodes.append(read())
        return nodes[0] if len(nodes) == 1 else Logic(word, tuple(nodes))

    def _read_one(self) -> Node:
        if self._take("NOT"):
            return Logic("NOT", (self._read_one(),))
        if self._take("("):
            node = self.read_all()
            self._demand(")")
            return node
        return self._read_comparison()

    def _read_comparison(self) -> Comparison:
        field = self._next()
        if not re.fullmatch(r"[A-Za-z_][\w.]*", field) or field in KEYWORDS:
            self.left.insert(0, field)
            raise self.refuse()
        operator = self._next()
        if operator not in OPERATORS:
            self.left.insert(0, operator)
            raise self.refuse()
        return self._read_values(field, operator)

    def _read_values(self, field: str, operator: str) -> Comparison:
        if self._take("("):
            return Comparison(field, operator, self._read_list("OR"))
        value = self._next()
        if value in FUNCTIONS:
            self._demand("(")
            return Comparison(field, operator, self._read_list(","), value)
        return Comparison(field, operator, (self._text(value),))

    def _read_list(self, separator: str) -> tuple[str, ...]:
        values = [self._text(self._next())]
        while self._take(separator):
            values.append(self._text(self._next()))
        self._demand(")")
        return tuple(values)

    def _text(self, token: str) -> str:
        if token.startswith('"'):
            return re.sub(r"\\(.)", r"\1", token[1:-1])
        if token in KEYWORDS or not re.fullmatch(r"\w[\w./-]*", token):
            self.left.insert(0, token)
            raise self.refuse()
        return token

    def _next(self) -> str:
        if not self.left:
            raise self.refuse()
        return self.left.pop(0)

    def _take(self, token: str) -> bool:
        if self.left[:1] == [token]:
            self.left.pop(0)
            return True
        return False

    def _demand(self, token: str) -> None:
        if not self._take(token):
            raise self.refuse()
