"""What every test may lean on: emulators, free names and ports, and no network beyond this machine.

| fixture | what a test gets |
|---|---|
| `firestore_emulator` | `host:port` of a running emulator, one per test process |
| `project_id` | a project (so: a database) no other test uses; emptied afterwards |
| `storage_emulator` | the base URL of a running storage emulator, in memory |
| `bucket` | the name of a fresh bucket in it |
| `free_port` | a function that picks a free port |
| `as_shipped` | the mode for plain words that a new person meets; in process it is *Picture* otherwise |
| `is_long` | whether this is `make test-long`: take the nightly numbers |
| `chromium` | the path of an installed browser |

What is missing is a skip, and a line with its cure in the summary. Where `CI=true`, what `make test` fetches (Java,
Google's Firestore emulator, Chromium) and the package index must be there: a test that is skipped for want of those
fails. Optional tools (Terraform, Redis, Docker) are not fetched, and may be missing everywhere.
"""

import gc
import os
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

from infra.local import firestore, tools
from infra.local.ports import HOST, find_free_port
from infra.local.processes import guard_command
from shared.people import talk

ROOT = Path(__file__).resolve().parent.parent
NEED = "needs "
OPTIONAL = "needs, optionally, "
START_SECONDS_MAX = 30
STOP_SECONDS_MAX = 5
Found = TypeVar("Found")

for name in ("FIRESTORE_EMULATOR_HOST", "STORAGE_EMULATOR_HOST", "CLOUD_TASKS_EMULATOR_HOST"):
    os.environ.pop(name, None)  # a developer's shell must not decide where a test writes
for name in ("TELEGRAM_BOT_TOKEN", "GEMINI_API_KEY", "FAL_KEY", "TELEGRAM_API_BASE_URL", "GOOGLE_GEMINI_BASE_URL"):
    os.environ.pop(name, None)  # nor lend a test its real bot or model

# In a fresh clone Hypothesis builds its tables of characters inside the first test, and takes that for a slow one.
settings.register_profile("any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any-machine")


@pytest.fixture
def as_shipped() -> None:
    """Nobody has chosen a mode: plain words get what they get from this release."""


@pytest.fixture(autouse=True)
def _plain_words_are_pictures(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """In process everybody begins in the mode *Picture*, as if they had chosen it, but for tests that are `as_shipped`.

    Hundreds of tests are about a picture and its card, whatever words ask for it. In *Auto* each would depend on the
    rules that read these words, and a test of a rule that changes would be one of hundreds that break. Nothing is
    patched in the running system: the end-to-end tests meet the mode that is shipped.
    """
    if "as_shipped" not in request.fixturenames:
        monkeypatch.setattr(talk, "DEFAULT_MODE", "picture")


def in_ci() -> bool:
    """Whether nothing may be left out that could have been fetched."""
    return os.environ.get("CI", "").lower() in {"1", "true"}


def require(find: Callable[[], Found]) -> Found:
    """What `find` finds, or a skip that tells the cure; `pytest_runtest_makereport` makes it fail in CI."""
    try:
        return find()
    except tools.MissingToolError as error:
        pytest.skip(f"{OPTIONAL if error.is_optional else NEED}{error.tool}: {error.cure}")


# --- the network -------------------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Restrict every test to the loopback addresses (pytest-socket)."""
    config.option.allow_hosts = config.option.allow_hosts or "127.0.0.1,::1"
    config.option.allow_unix_socket = True


@pytest.fixture(scope="session", autouse=True)
def _certificates_are_read_once() -> Iterator[None]:
    """All clients share one TLS context: each would read all certificates (20 ms of CPU) and then speak plain HTTP."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", cache(ssl.create_default_context))
        yield


# --- the order -----------------------------------------------------------------------------------------------


SLOWEST = (
    *("tests/e2e/test_kills.py", "tests/infra/deploy/test_rollout.py"),
    *("tests/simulation/", "tests/e2e/", "tests/security/"),
)
"""These begin first. If a file that takes minutes began last, it would keep one processor busy and leave the others
idle. Beside the kills, where starts are waited for, runs what has a clock of its own."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slowest files first; the tests of a file stay together and in their order."""
    items.sort(key=rank_slowness)


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: without it, and more rarely, the garbage collector takes a
    sixth less of the time of a simulation."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def rank_slowness(item: pytest.Item) -> int:
    """Its place in SLOWEST, or the place after all of them."""
    return next((place for place, name in enumerate(SLOWEST) if item.nodeid.startswith(name)), len(SLOWEST))


# --- what did not run, and why -----------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skipped test is a failed one, but for an optional tool's: nothing is left out unnoticed."""
    report = yield
    is_skip = report.skipped and not hasattr(report, "wasxfail")
    if is_skip and in_ci() and not skip_reason(report).startswith(OPTIONAL):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and CI leaves nothing out: {skip_reason(report)}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line per tool that was missing, with the command that would install it."""
    reasons = Counter(skip_reason(report) for report in terminalreporter.stats.get("skipped", []))
    missing = {reason: count for reason, count in reasons.items() if reason.startswith((NEED, OPTIONAL))}
    if not missing:
        return
    terminalreporter.section("did not run", yellow=True)
    for reason, count in sorted(missing.items()):
        is_optional = reason.startswith(OPTIONAL)
        tool, _, cure = reason.removeprefix(OPTIONAL if is_optional else NEED).partition(": ")
        tests = f"{count:4} test{'s' if count > 1 else ' '} for want of {tool}{' (optional)' if is_optional else ''}"
        terminalreporter.write_line(f"{tests}. Install it with:  {cure}")


def skip_reason(report: pytest.TestReport) -> str:
    """The words given to `pytest.skip`, from a report that may have come from another process."""
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return str(reason).removeprefix("Skipped: ")


# --- servers -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    return find_free_port


@pytest.fixture(scope="session")
def firestore_emulator() -> Iterator[str]:
    port = find_free_port()
    heap_mib = 1024 if os.environ.get("TEST_SIZE") == "long" else 256  # it keeps thousands of contended documents
    command = require(lambda: firestore.emulator_command(port, heap_mib))
    with running(command, f"http://{HOST}:{port}/"):
        yield f"{HOST}:{port}"


@pytest.fixture
def project_id(request: pytest.FixtureRequest) -> Iterator[str]:
    name = f"test-{uuid.uuid4().hex[:12]}"
    yield name
    if "firestore_emulator" in request.fixturenames:
        firestore.delete_documents(request.getfixturevalue("firestore_emulator"), name)


@pytest.fixture(scope="session")
def storage_emulator() -> Iterator[str]:
    port = find_free_port()
    module = [sys.executable, "-m", "infra.local.storage"]
    with running([*module, f"--port={port}", "--bucket=test-media"], f"http://{HOST}:{port}/"):
        yield f"http://{HOST}:{port}"


@pytest.fixture
def bucket(storage_emulator: str) -> str:
    name = f"test-{uuid.uuid4().hex[:12]}"
    body = f'{{"name": "{name}"}}'.encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{storage_emulator}/storage/v1/b", body, headers)  # noqa: S310 — loopback
    urllib.request.urlopen(request, timeout=5).close()  # noqa: S310 — loopback
    return name


@pytest.fixture(scope="session")
def is_long() -> bool:
    return os.environ.get("TEST_SIZE") == "long"


@pytest.fixture(scope="session")
def chromium() -> Path:
    return require(tools.find_chromium)


@contextmanager
def running(command: list[str], ready_url: str) -> Iterator[None]:
    """A server process from its first good answer until the end of the block."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(  # noqa: S603 — our own command
            guard_command(command),
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            await_answer(process, ready_url, output.fileno())
            yield
        finally:
            stop(process)


def await_answer(process: subprocess.Popen[bytes], url: str, output: int) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError):
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 — loopback
            return
        time.sleep(0.05)
    written = os.pread(output, 10_000, 0).decode(errors="replace")
    pytest.fail(f"{url} did not answer; its process wrote:\n{written}")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
