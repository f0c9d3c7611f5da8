"""How GitHub refuses: a status, a message, and reasons field by field."""

from typing import Any

Json = dict[str, Any]


class Refusal(Exception):  # noqa: N818 — GitHub's answer, not our failure
    """An answer that says no."""

    def __init__(self, status: int, message: str, *errors: object, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors
        self.headers = headers or {}

    def to_json(self) -> Json:
        found: Json = {"message": self.message, "documentation_url": "https://docs.github.com/rest"}
        return found | ({"errors": list(self.errors)} if self.errors else {})


def invalid(resource: str, message: str, code: str = "custom", field: str = "") -> Refusal:
    """422, as for a body that is well formed and makes no sense."""
    reason = {"resource": resource, "code": code, "message": message} | ({"field": field} if field else {})
    return Refusal(422, "Validation Failed", reason)


def missing() -> Refusal:
    return Refusal(404, "Not Found")


def require(body: Json, resource: str, /, **types: type) -> None:
    """Refuse a body that lacks a field or has one of another type."""
    for name, kind in types.items():
        if name not in body:
            raise invalid(resource, f"{name} is missing", "missing_field", name)
        if not isinstance(body[name], kind):
            raise Refusal(422, f"Invalid request.\n\nFor 'properties/{name}', {body[name]!r} is not of that type.")


def require_known(body: Json, *names: str) -> None:
    """Refuse a field GitHub does not know: a misspelled one would silently do nothing."""
    unknown = sorted(set(body) - set(names))
    if unknown:
        raise Refusal(422, f"Invalid request.\n\n{', '.join(unknown)} is not a permitted key.")
