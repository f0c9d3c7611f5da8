"""The API of releases in the words of OpenAPI 3.1. Pure."""

from dataclasses import fields
from typing import Any

from shared.releases.attempt import NAMES_MAX, WORDS_MAX, Evidence
from shared.releases.release import OLD_NAMES, ReleaseKind, Status

Json = dict[str, Any]
PROBLEM = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
REFUSALS = {
    "400": "The body is not one that a workflow sends; the detail names the field.",
    "401": "No valid token.",
    "403": "A token of another repository, or of a workflow that may not do this.",
    "404": "No such release.",
    "409": "Not allowed now; `allowed` lists what is.",
    "412": "The release has changed since `expect_rev`.",
    "503": "Our store, or GitHub's keys, do not answer: try again.",
}
TEXT = {"type": "string", "maxLength": NAMES_MAX}


def describe_api() -> Json:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Releases", "version": "1"},
        "security": [{"workflow": []}],
        "paths": {
            "/api/tg-bot/release": {
                "post": _operation("Begin a release, or find it", ("200", "201"), ("400", "403", "409"), "Beginning"),
                "patch": _operation("Report a step", ("200",), ("400", "403", "404", "409", "412"), "Report"),
            },
            "/api/tg-bot/member": {"post": _operation("Join an account", ("200",), ("400", "403"), "Joining")},
            "/api/tg-bot/health": {"get": _operation("Whether this answers", ("200",), ())},
            "/api/v1/releases": {"get": _operation("The newest releases, five a page", ("200",), ("400", "403"))},
            "/api/v1/releases/{id}": {"get": _operation("One release", ("200",), ("403", "404"))},
            "/api/v1/releases/{id}/events": {"get": _operation("Its history, after `after`", ("200",), ("403", "404"))},
            "/api/v1/environments/{name}": {"get": _operation("What runs, moves and holds", ("200",), ("403", "404"))},
            "/api/v1/openapi.json": {"get": _operation("This document", ("200",), ("403",))},
        },
        "components": {
            "securitySchemes": {
                "workflow": {"type": "http", "scheme": "bearer", "bearerFormat": "GitHub's OIDC token"}
            },
            "schemas": {"Beginning": _beginning(), "Report": _report(), "Joining": _joining(), "Problem": _problem()},
        },
    }


def _operation(summary: str, good: tuple[str, ...], refused: tuple[str, ...], body: str = "") -> Json:
    statuses = (*refused, *(("401", "503") if refused else ()))
    answers = {status: {"description": "Done."} for status in good}
    problems = {status: {"description": REFUSALS[status], **PROBLEM} for status in sorted(statuses)}
    operation: Json = {"summary": summary, "responses": {**answers, **problems}}
    if not refused:
        operation["security"] = []
    if body:
        schema = {"$ref": f"#/components/schemas/{body}"}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return operation


def _beginning() -> Json:
    names = ("service_name", "release_tag", "commit", "tree")
    kinds = {"type": "string", "enum": [kind.value for kind in ReleaseKind]}
    optional = {"kind": kinds, "github_ref": TEXT, "github_action_link": TEXT}
    return {"type": "object", "required": list(names), "properties": dict.fromkeys(names, TEXT) | optional}


def _joining() -> Json:
    return {"type": "object", "required": ["code"], "properties": {"code": TEXT}}


def _report() -> Json:
    statuses = {"type": "string", "enum": [*(status.value for status in Status), *OLD_NAMES]}
    shapes = {str: TEXT, bool: {"type": "boolean"}, tuple: {"type": "array", "items": TEXT}}
    blank = Evidence()
    evidence = {each.name: shapes[type(getattr(blank, each.name))] for each in fields(Evidence)}
    return {
        "type": "object",
        "required": ["id", "status", "expect_rev"],
        "properties": {
            "id": TEXT,
            "status": statuses,
            "expect_rev": {"type": "integer", "minimum": 0},
            "phase": TEXT,
            "reason": {"type": "string", "maxLength": WORDS_MAX},
            "rollback_to_tag": TEXT,
            "evidence": {"type": "object", "properties": evidence},
        },
    }


def _problem() -> Json:
    properties = {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "allowed": {"type": "array", "items": {"type": "string"}},
        "rev": {"type": "integer"},
    }
    return {"type": "object", "required": ["type", "title", "status"], "properties": properties}
