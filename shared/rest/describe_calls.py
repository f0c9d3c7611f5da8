"""Operations of the REST API in the words of OpenAPI 3.1. Pure."""

from shared.rest.calls import Json

REFUSED = {
    "400": "A field, a cursor or the Idempotency-Key is missing or impossible; `detail` names it.",
    "401": "No key, or one that is wrong or revoked.",
    "402": "Too few credits; `price` and `available` say how many.",
    "403": "The key lacks the scope that `scope` names.",
    "404": "There is no such thing, or it is somebody else's.",
    "409": "It costs something else now (`price`), the result is not there (yet), or the webhook is off.",
    "413": "The body is longer than 64 KiB.",
    "422": "The order cannot be had like this, or the Idempotency-Key belongs to another one.",
    "429": "Too many calls, jobs or credits a day; `Retry-After` says when to come again, where that is known.",
    "503": "Something of ours does not answer, or nothing is made for anybody now: try again.",
}
ID: Json = {"type": "string", "pattern": "^[A-Za-z0-9_-]{16}$"}
NEXT = "The `next` of the page before."
RESULT_CURSOR = "^[0-9a-f]{10,14}\\.[A-Za-z0-9_-]{16}$"
_MANY = ("401", "403", "429", "503")


def describe_read(
    name: str, scope: str, summary: str, example: Json, *parameters: Json, more: tuple[str, ...] = ()
) -> Json:
    """A GET, or another call without a body."""
    refused = (*_MANY, *more, *(("404",) if any(each["in"] == "path" for each in parameters) else ()))
    operation: Json = {"operationId": name, "summary": summary, "description": f"Scope: `{scope}`."}
    return operation | {
        "parameters": list(parameters),
        "responses": {"200": describe_answer("Done.", example), **describe_refusals(refused)},
    }


def describe_write(name: str, scope: str, summary: str, schema: str, body: Json, example: Json) -> Json:
    """A call with a body of this schema."""
    operation = describe_read(name, scope, summary, example, more=("400", "413", "422"))
    content = {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": body}
    return operation | {"requestBody": {"required": True, "content": {"application/json": content}}}


def describe_order(name: str, summary: str, schema: str, body: Json, example: Json) -> Json:
    """A call that makes something once: it spends the credits of its example, if that names a price."""
    priced = {"price": example["price"]} if "price" in example else {}
    operation = describe_write(name, "make", summary, schema, body | priced, example)
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "Made by the caller, for this order.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    }
    refused = describe_refusals(("402", "409"))
    responses = {"201": describe_answer("Accepted: it is being made.", example), **operation["responses"], **refused}
    responses["200"] = describe_answer("The same order came before; this is how far it is.", example)
    return operation | {"parameters": [key], "responses": responses}


def describe_path_part(name: str, schema: Json) -> Json:
    """A variable part of the path."""
    return {"name": name, "in": "path", "required": True, "schema": schema}


def describe_query(name: str, schema: Json, description: str) -> Json:
    """A field of the query."""
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def describe_answer(description: str, example: Json) -> Json:
    """A good answer."""
    schema = {"type": "object", "required": sorted(example)}
    return {"description": description, "content": {"application/json": {"schema": schema, "example": example}}}


def describe_refusals(statuses: tuple[str, ...]) -> Json:
    """The problems with these statuses."""
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": REFUSED[status], "content": problem} for status in sorted(statuses)}


def with_status(operation: Json, status: str) -> Json:
    """The operation, whose success has this status."""
    good, refused = operation["responses"]["200"], operation["responses"]
    return operation | {"responses": {status: good, **{each: refused[each] for each in refused if each != "200"}}}
