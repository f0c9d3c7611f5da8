"""Functions loaded as functions-framework loads them when deployed, one fresh module per test."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import functions_framework.aio
import httpx
import pytest

from infra.functions import WORKERS
from infra.local.tasks.oidc import TokenSigner
from shared.logs import _context
from shared.telemetry.record import record_with
from tests.contracts.http_server import Reply, serve_http
from tests.world import World

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
ACCOUNT = "tasks@test-project.iam.gserviceaccount.com"
SECRET = "TEST-not-a-real-secret"
QUEUE = {
    "GOOGLE_CLOUD_PROJECT": "test-project",
    "GOOGLE_CLOUD_LOCATION": "europe-west1",
    "TASKS_SERVICE_ACCOUNT": ACCOUNT,
    "APP_VERSION": "1.2.3",
}
URLS = {f"{name.upper()}_URL": f"https://{name}.test" for name in (*WORKERS, "api")}
TELEGRAM = {"TELEGRAM_BOT_TOKEN": "1234567:TEST-not-a-real-token", "MEDIA_BUCKET": "test-media"}
TELEMETRY = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_TRACES_SAMPLER_ARG",
    "SENTRY_DSN",
    "SLACK_WEBHOOK_URL",
    "ANALYTICS",
    "ANALYTICS_DSN",
)
EVERYTHING = QUEUE | URLS | TELEGRAM | {"TELEGRAM_WEBHOOK_SECRET": SECRET}


@dataclass
class Function:
    """A deployed function: its module, and a client that calls it."""

    name: str
    module: ModuleType
    client: httpx.AsyncClient
    token: str = ""

    async def post(self, path: str = "/", body: bytes = b"{}", **headers: str) -> httpx.Response:
        """A call as its caller makes it; headers' underscores stand for dashes."""
        given = {"Authorization": self.token} if self.token else {}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(path, content=body, headers=given)


Load = Callable[..., Function]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    """Loads a function by its name, in an environment of these variables."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    context = _context.set({})

    def load_function(name: str, env: dict[str, str]) -> Function:
        for variable in (*EVERYTHING, *TELEMETRY):
            monkeypatch.delenv(variable, raising=False)
        for variable, value in env.items():
            monkeypatch.setenv(variable, value)
        monkeypatch.setenv("FUNCTION_TARGET", name)
        monkeypatch.setattr(sys, "path", sys.path[:])
        monkeypatch.setitem(sys.modules, "main", sys)  # so that it is gone afterwards
        app = functions_framework.aio.create_asgi_app(  # type: ignore[no-untyped-call]
            name, str(FUNCTIONS / name / "main.py")
        )
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://function.test")
        return Function(name, sys.modules["main"], client)

    monkeypatch.setattr("shared.logs._reports", [])
    monkeypatch.setattr("shared.logs._followers", [])
    yield load_function
    record_with(None)
    _context.reset(context)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def signer() -> Iterator[TokenSigner]:
    """Who signs task calls, its keys served on this machine."""
    with serve_http() as server:
        issuer = TokenSigner(server.url)
        server.answer = lambda _: Reply(body=json.dumps(issuer.jwks()).encode())
        yield issuer


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def load_task(load: Load, signer: TokenSigner) -> Load:
    """Loads a function that tasks call, with a token that opens it."""

    def load_function(name: str, **env: str) -> Function:
        oidc = {"TASKS_OIDC_ISSUER": signer.issuer, "TASKS_OIDC_JWKS_URL": f"{signer.issuer}/jwks"}
        function = load(name, QUEUE | URLS | (TELEGRAM if name != "sweep" else {}) | oidc | env)
        function.token = f"Bearer {signer.token(ACCOUNT, URLS[f'{name.upper()}_URL'])}"
        return function

    return load_function
