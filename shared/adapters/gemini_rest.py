"""`generateContent` of Gemini's two APIs, over our own connections.

google-genai loads for 250 ms, and checks an answer of 22 MB field by field (docs/decisions/0138-speed.md).
"""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

from shared.adapters.gemini_access import Access
from shared.adapters.google_rest import UNAUTHENTICATED, Token
from shared.adapters.http_connections import Answer, HttpConnections
from shared.adapters.metadata_token import MetadataToken

DEVELOPER_URL = "https://generativelanguage.googleapis.com"
MULTI_REGIONS = frozenset({"us", "eu"})
_PORTS = {"http": 80, "https": 443}


class GeminiRest:
    """The connections belong to the event loop that uses them first, and must not exist before the server forks."""

    def __init__(
        self, access: Access, seconds_max: float, admit: Callable[[], Awaitable[None]], token: Token | None = None
    ) -> None:
        """`admit` returns when the body of a 200 may be read. `token` replaces the service account's."""
        url = urlsplit(access.base_url or (DEVELOPER_URL if access.api_key else name_enterprise_url(access.location)))
        self._path = url.path.rstrip("/") + _name_models(access)
        self._host = url.netloc
        self._key = access.api_key.strip()
        self._token = None if access.api_key else token or MetadataToken()
        self._seconds_max = seconds_max
        port = url.port or _PORTS[url.scheme]
        self._connections = HttpConnections(url.hostname or "", port, is_tls=url.scheme == "https", admit=admit)

    async def generate(self, model_id: str, request: bytes) -> Answer:
        """Ask this model, with a request in JSON; a refused token is renewed once, any other call is sent once.

        Raises OSError, and UnavailableError if there is no token.
        """
        if self._token is None:
            return await self._send(model_id, request, {"X-Goog-Api-Key": self._key})
        token = await self._token.get()
        answer = await self._send(model_id, request, {"Authorization": f"Bearer {token}"})
        if answer.status == UNAUTHENTICATED:
            self._token.forget(token)
            answer = await self._send(model_id, request, {"Authorization": f"Bearer {await self._token.get()}"})
        return answer

    async def close(self) -> None:
        """Close the connections, in the loop that used them."""
        await self._connections.close()

    async def _send(self, model_id: str, request: bytes, authorization: Mapping[str, str]) -> Answer:
        headers = {
            "Host": self._host,
            "Content-Type": "application/json",
            "Content-Length": str(len(request)),
            "X-Server-Timeout": str(round(self._seconds_max)),
            **authorization,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"POST {self._path}/{model_id}:generateContent HTTP/1.1\r\n{lines}\r\n"
        return await self._connections.send((head.encode("ascii"), request), once=True)


def name_enterprise_url(location: str) -> str:
    """The address of the enterprise API in a region, a multi-region, or everywhere ("global").

    https://docs.cloud.google.com/vertex-ai/docs/general/locations
    """
    if location == "global":
        return "https://aiplatform.googleapis.com"
    if location in MULTI_REGIONS:
        return f"https://aiplatform.{location}.rep.googleapis.com"
    return f"https://{location}-aiplatform.googleapis.com"


def _name_models(access: Access) -> str:
    if access.api_key:
        return "/v1/models"
    return f"/v1beta1/projects/{access.project}/locations/{access.location}/publishers/google/models"
