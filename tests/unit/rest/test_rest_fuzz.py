"""Calls made from the API's own description: what it allows and what it forbids, mixed by dice.

No answer is a 5xx, each is one that the description names, with the fields and the type that it promises. The numbers:
a few calls of each operation every day, 2,000 in the nightly size.
"""

import json
from collections import Counter
from random import Random
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from shared.people.api_keys import SCOPES
from shared.rest_routes import ROUTES
from tests.unit.rest.program import PATH, Json, Program, load_program
from tests.world import ME, World

CALLS, LONG_CALLS, SEED = 220, 2_000, 17
PACE_SECONDS = 60
ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 2**63, 10**30, "", " ", "x" * 5_000, "\0", "\u202e", "😀", [], {}, [[]], {"a": {}}),
    *("../..", "' OR 1=1", "<script>", "%00", "true", "NaN", "AAAAAAAAAAAAAAAA", "__x__"),
)
RAW = (
    b"",
    b"{",
    b"null",
    b"[]",
    b'"x"',
    b"\xff\xfe",
    b'{"prompt": "\\ud800"}',
    b"[" * 50_000,
    b"x" * 70_000,
    b'{"price": NaN}',
)


@pytest.fixture
async def program(world: World) -> Program:
    program = await load_program(world)
    for words in ("/ask one", "a red fox"):
        await world.send(world.message(words))
    return program


class Fuzzer:
    """Makes calls of one operation of the document."""

    def __init__(self, document: Json, ids: list[str], dice: Random) -> None:
        self._document, self._ids, self._dice = document, ids, dice

    def pick(self, schema: Json) -> Any:
        """A value that the schema allows."""
        dice = self._dice
        if "enum" in schema:
            return dice.choice(schema["enum"])
        match schema["type"]:
            case "integer":
                return dice.choice((schema["minimum"], schema["maximum"], dice.randint(0, 200)))
            case "boolean":
                return dice.random() < 0.5
            case "array":
                return dice.sample(self._ids, min(dice.randint(0, 2), schema["maxItems"]))
        return (
            dice.choice(self._ids) if "{16}" in schema.get("pattern", "") else dice.choice(("a red fox", "x", str(ME)))
        )

    def write_body(self, name: str, *, is_right: bool) -> bytes:
        """A body of this schema; a wrong one has an odd value, lacks a field, has one more, or is no JSON."""
        dice, schema = self._dice, self._document["components"]["schemas"][name]
        fields = schema["properties"]
        chosen = {each: self.pick(fields[each]) for each in fields if each in schema["required"] or dice.random() < 0.3}
        if is_right:
            return json.dumps(chosen).encode()
        if dice.random() < 0.2:
            return dice.choice(RAW)
        field = dice.choice([*fields, "colour"])
        chosen = {each: value for each, value in chosen.items() if each != field or dice.random() < 0.5}
        return json.dumps(chosen | ({field: dice.choice(ODD)} if dice.random() < 0.8 else {})).encode()

    def make_call(self, path: str, method: str, *, is_right: bool) -> httpx.Request:
        """A whole request without its key."""
        operation, query, headers = self._document["paths"][path][method], dict[str, str](), dict[str, str]()
        for each in operation["parameters"]:
            value = self.pick(each["schema"]) if is_right or self._dice.random() < 0.5 else self._dice.choice(ODD)
            if each["in"] == "path":
                path = path.replace("{" + each["name"] + "}", quote(str(value)[:200], safe="") or "-")
            elif (each["in"] == "query" and each["name"] != "cursor") or not is_right:
                query[each["name"]] = str(value)
            if each["in"] == "header":
                headers[each["name"]] = quote(str(value))[:300] if is_right else quote(str(value))[:250]
        body = operation.get("requestBody")
        name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2] if body else ""
        content = self.write_body(name, is_right=is_right) if name else None
        return httpx.Request(method.upper(), f"http://x{PATH}{path}", params=query, headers=headers, content=content)


def is_particular(body: bytes) -> bool:
    """Whether it depends on the model, or on what it starts from, if this can be had."""
    return b'"model"' in body or b'"from"' in body


def check_answer(document: Json, path: str, method: str, answer: httpx.Response, *, is_right: bool) -> None:
    """The answer is one of those that the description names."""
    named = document["paths"][path][method]["responses"]
    status = str(answer.status_code)
    assert answer.status_code < 500, (path, answer.text)
    assert status in named or status == "404", (path, status, answer.text)
    assert not (is_right and status == "400"), (path, answer.request.content, answer.text)
    [type_] = named[status]["content"] if status in named else ["application/problem+json"]
    assert answer.headers["Content-Type"] == type_
    if status.startswith("2"):
        required = named[status]["content"][type_]["schema"]["required"]
        assert sorted(answer.json()) == required
    else:
        assert answer.json()["status"] == answer.status_code


async def test_every_operation(program: Program, *, is_long: bool) -> None:
    """Whatever is sent, nothing breaks, what is promised holds, and the books are right afterwards."""
    world, dice = program.world, Random(SEED)  # noqa: S311 — a test's dice
    document = (await program.client.get("/api/openapi.json")).json()
    ids = [key.id for key in world.store._documents if key.collection in {"jobs", "conversations"}]
    fuzzer, statuses = Fuzzer(document, ids, dice), Counter[int]()
    operations = [(path, method) for path, methods in document["paths"].items() for method in methods]
    for number in range(LONG_CALLS if is_long else CALLS):
        world.clock.advance(PACE_SECONDS)
        path, method = operations[number % len(operations)]
        is_right = dice.random() < 0.4
        request = fuzzer.make_call(path, method, is_right=is_right)
        headers = dict(request.headers) | dict(program.headers)
        url = str(request.url).removeprefix("http://x")
        answer = await program.client.request(method, url, content=request.content, headers=headers)
        check_answer(document, path, method, answer, is_right=is_right and not is_particular(request.content))
        statuses[answer.status_code] += 1
    assert set(statuses) >= {200, 400, 404, 409, 422}
    await world.settle()
    world.check_money()


def test_routes_and_description_agree() -> None:
    """Each address is described with its scope, and nothing is described that is not there."""
    from shared.rest.description import describe_api

    paths = describe_api(frozenset({"gemini"}))["paths"]
    described = {(path, method.upper()): each for path, methods in paths.items() for method, each in methods.items()}
    assert described.keys() == {(route.pattern, route.method) for route in ROUTES}
    for route in ROUTES:
        operation = described[route.pattern, route.method]
        assert f"`{route.scope}`" in operation["description"]
        assert any(each["name"] == "Idempotency-Key" for each in operation["parameters"]) is route.is_order
    assert {route.scope for route in ROUTES} == {*SCOPES}
    names = [each["operationId"] for each in described.values()]
    assert len(names) == len({*names})
