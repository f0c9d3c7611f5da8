"""Refusals as Google's REST services word them: `{"error": {"code", "message", "status", "details"}}`."""

from collections.abc import Sequence
from typing import Any, Final

HTTP_CODES: Final = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "RESOURCE_EXHAUSTED": 429,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
}
_TYPE_PREFIX: Final = "type.googleapis.com/google.rpc."


class GoogleError(Exception):
    """A refusal; `status` is the canonical gRPC name and decides the HTTP code."""

    def __init__(self, status: str, message: str, details: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status
        self.code = HTTP_CODES[status]
        self.message = message
        self.details = list(details)

    def as_json(self) -> dict[str, Any]:
        """The answer's body."""
        error: dict[str, Any] = {"code": self.code, "message": self.message, "status": self.status}
        if self.details:
            error["details"] = self.details
        return {"error": error}


def invalid_argument(message: str) -> GoogleError:
    """400 for something wrong with the request as a whole."""
    return GoogleError("INVALID_ARGUMENT", message)


def bad_field(path: str, message: str) -> GoogleError:
    """400 with a BadRequest detail that names the field."""
    violation = {"field": path, "description": message} if path else {"description": message}
    detail = {"@type": f"{_TYPE_PREFIX}BadRequest", "fieldViolations": [violation]}
    return GoogleError("INVALID_ARGUMENT", message, [detail])


def input_image_unusable() -> GoogleError:
    """400 for a picture of the request that cannot be decoded."""
    return invalid_argument("Unable to process input image. Please retry or report it.")


def key_invalid() -> GoogleError:
    """A key that is sent but not good is a 400, not a 401: the reason stands in the details."""
    detail = {
        "@type": f"{_TYPE_PREFIX}ErrorInfo",
        "reason": "API_KEY_INVALID",
        "domain": "googleapis.com",
        "metadata": {"service": "generativelanguage.googleapis.com"},
    }
    message = "API key not valid. Please pass a valid API key."
    return GoogleError("INVALID_ARGUMENT", message, [detail])


def key_missing() -> GoogleError:
    """The developer API without any key."""
    message = "Method doesn't allow unregistered callers. Please use an API key or another form of identity."
    return GoogleError("PERMISSION_DENIED", message)


def credentials_missing() -> GoogleError:
    """The enterprise API without a bearer token."""
    message = "Request is missing required authentication credential. Expected an OAuth 2 access token."
    return GoogleError("UNAUTHENTICATED", message)


def quota_exhausted(retry_delay_seconds: float) -> GoogleError:
    """429; with 0 seconds no RetryInfo is given, as the enterprise API often does."""
    detail = {"@type": f"{_TYPE_PREFIX}RetryInfo", "retryDelay": f"{retry_delay_seconds:g}s"}
    message = "Resource has been exhausted (e.g. check quota)."
    return GoogleError("RESOURCE_EXHAUSTED", message, [detail] if retry_delay_seconds else [])


def model_not_found(model: str, version: str, resource: str = "") -> GoogleError:
    """404 for a model that never was or is gone; `resource` is the full name on the enterprise path."""
    if resource:
        message = f"Publisher model `{resource}` was not found or your project does not have access to it."
    else:
        message = f"models/{model} is not found for API version {version}, or lacks support for this method."
    return GoogleError("NOT_FOUND", message)
