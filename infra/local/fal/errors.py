"""Errors in fal's two forms: a model's, with typed details, and the platform's, with one type."""

from typing import Any, Final

_DOCS: Final = "https://docs.fal.ai/errors#"


class FalError(Exception):
    """An answer other than a success."""

    def __init__(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = headers or {}

    @property
    def word(self) -> str:
        """Its type."""
        detail = self.body.get("detail")
        return str(detail[0]["type"] if isinstance(detail, list) else self.body.get("error_type", ""))


class LostAnswerError(Exception):
    """The connection is to be closed without an answer."""


def model_error(kind: str, message: str, *loc: str, status: int = 422, given: Any = None) -> FalError:
    """The model does not accept what it is given, or makes nothing of it."""
    detail = {"loc": ["body", *loc], "msg": message, "type": kind, "url": _DOCS + kind, "input": given}
    return FalError(status, {"detail": [detail]}, {"X-Fal-Retryable": "true" if status >= 500 else "false"})  # noqa: PLR2004


def platform_error(status: int, kind: str, message: str, **headers: str) -> FalError:
    """The request does not reach a model, or the model's machine fails."""
    return FalError(status, {"detail": message, "error_type": kind}, {"X-Fal-Error-Type": kind, **headers})


def refusal(status: int, message: str, **headers: str) -> FalError:
    """A refusal at the door, which has no type."""
    return FalError(status, {"detail": message}, headers)
