"""The image as it comes out of the Dockerfile's steps, replayed without Docker (replay.py)."""

import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.functions import FUNCTIONS
from infra.local.options import Options
from infra.local.parts import list_settings
from infra.local.ports import HOST, find_free_port
from shared.texts import LOCALES, plain_text
from tests.infra.image.conftest import ARGS, ROOT
from tests.infra.image.replay import Image

START_SECONDS_MAX = 30
STOP_SECONDS_MAX = 10
UNCHECKED_HASH = 1
"""The flags in a .pyc file's bytes 4 to 8 (PEP 552)."""


def list_packages(python: str, environment: dict[str, str]) -> set[str]:
    script = "from importlib.metadata import distributions as d; print(*(each.metadata['Name'] for each in d()))"
    found = subprocess.run(  # noqa: S603 — the image's own interpreter
        [python, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    return {re.sub(r"[-_.]+", "-", name).lower() for name in found.stdout.split()}


def list_locked(file: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", (ROOT / file).read_text("utf-8"), re.MULTILINE))


@contextmanager
def start(image: Image, function: str) -> Iterator[str]:
    """A function from the image under the image's CMD, as Cloud Run starts it; gives its URL."""
    port = find_free_port()
    environment = image.environment() | list_settings(Options(), function)
    environment |= {"FUNCTION_TARGET": function, "FUNCTION_SOURCE": f"functions/{function}/main.py"}
    environment |= {"PORT": str(port), "HOST": HOST, "APP_VERSION": "1.2.3", "IMAGE_DIGEST": "sha256:0123"}
    command = [f"{image.root}/usr/local/bin/{image.command[0]}", *image.command[1:]]
    process = subprocess.Popen(  # noqa: S603 — the image's own command
        command, env=environment, cwd=image.move(image.workdir), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        yield f"http://{HOST}:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            output, _ = process.communicate(timeout=STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
        assert process.returncode == 0, output.decode(errors="replace")


def fetch(url: str) -> dict[str, Any]:
    deadline = time.monotonic() + START_SECONDS_MAX
    while True:
        try:
            answer = httpx.get(url, timeout=5)
        except httpx.TransportError:
            assert time.monotonic() < deadline, f"{url} did not answer"
            time.sleep(0.05)
            continue
        found: dict[str, Any] = answer.raise_for_status().json()
        return found


@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_function_starts_from_the_image(image: Image, function: str) -> None:
    """Under the image's own command each function answers its probes, says what it is, and ends at SIGTERM."""
    before = set(image.root.glob("[!t]*/**/*"))
    with start(image, function) as url:
        assert fetch(f"{url}/health") == {"status": "ok", "function": function}
        version = fetch(f"{url}/version")
    assert (version["version"], version["digest"]) == ("1.2.3", "sha256:0123")
    assert set(image.root.glob("[!t]*/**/*")) == before, "only /tmp can be written in the cloud"


def test_everything_comes_from_the_image(image: Image) -> None:
    """What a function imports lies in the image or in Python's own library, nowhere in this repository."""
    script = (
        "import functions_framework.aio, google.cloud.firestore, google.genai, telegram, uvicorn, uvloop, sys;"
        "import shared.adapters.telegram as ours;"
        "print(ours.__file__); print(*(m.__file__ for m in sys.modules.values() if getattr(m, '__file__', None)))"
    )
    python = f"{image.root}/usr/local/bin/python"
    found = subprocess.run(  # noqa: S603 — the image's own interpreter
        [python, "-c", script], env=image.environment(), cwd="/", capture_output=True, text=True, check=True
    )
    own, *loaded = found.stdout.split()
    assert own == f"{image.root}/app/shared/adapters/telegram.py"
    packages = [path for path in loaded if "site-packages" in path]
    assert len(packages) > 100
    assert not [path for path in packages if not path.startswith(str(image.root))]
    assert not [path for path in loaded if path.startswith(f"{ROOT}/")]


def test_only_the_locked_packages_are_in_the_image(image: Image) -> None:
    """The run-time lock's packages are installed, pip and what only developers need are not."""
    installed = list_packages(f"{image.root}/usr/local/bin/python", image.environment())
    locked = list_locked("requirements.txt")
    assert installed <= locked
    assert {"functions-framework", "google-cloud-firestore", "python-telegram-bot"} <= installed
    assert len(locked - installed) <= 3, "left out only where the lock says: for another system"
    assert not installed & (list_locked("requirements-dev.txt") - locked)


def test_only_our_languages_are_in_the_image(image: Image) -> None:
    """Of babel's thousand languages there are ours, and with them texts count in both as they do here."""
    kept = {path.stem for path in image.root.glob("usr/local/lib/python3*/site-packages/babel/locale-data/*.dat")}
    assert kept == {"root", *(part for locale in LOCALES.values() for part in (locale[:2], locale.replace("-", "_")))}
    script = (
        "from shared.texts import LOCALES, plain_text;"
        "print([plain_text(each, 'card-canceled', price=n) for each in LOCALES for n in (1, 2, 5, 21, 12345)])"
    )
    python = f"{image.root}/usr/local/bin/python"
    environment = image.environment() | {"PYTHONIOENCODING": "utf-8"}
    found = subprocess.run(  # noqa: S603 — the image's own interpreter
        [python, "-c", script], env=environment, cwd="/", capture_output=True, encoding="utf-8", check=True
    )
    here = [plain_text(each, "card-canceled", price=n) for each in LOCALES for n in (1, 2, 5, 21, 12345)]
    assert found.stdout == f"{here}\n"


def test_only_the_code_that_runs_is_in_the_image(image: Image) -> None:
    """/app holds the functions and the shared code: no tests, no tools, no Terraform."""
    app = image.root / "app"
    files = {path.relative_to(app) for path in app.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    functions = {Path(f"functions/{name}/main.py") for name in FUNCTIONS}
    shared = {
        path.relative_to(ROOT) for path in (ROOT / "shared").rglob("*") if path.is_file() and path.suffix != ".pyc"
    }
    assert files == functions | shared


def test_all_bytecode_is_compiled_and_never_checked(image: Image) -> None:
    """Each source in the image has a .pyc that is loaded without a look at the source."""
    sources = [*(image.root / "app").rglob("*.py"), *(image.root / "usr/local/lib").rglob("*.py")]
    assert len(sources) > 1000
    missing, checked = [], []
    for source in sources:
        compiled = list((source.parent / "__pycache__").glob(f"{source.stem}.cpython-3*.pyc"))
        missing += [source] if not compiled else []
        checked += [each for each in compiled if each.read_bytes()[4:8] != UNCHECKED_HASH.to_bytes(4, "little")]
    assert not missing
    assert not checked


def test_labels_user_and_settings(image: Image) -> None:
    """The image says which commit it is, runs as nobody and gives memory back."""
    assert image.labels["org.opencontainers.image.revision"] == ARGS["COMMIT"]
    assert image.labels["org.opencontainers.image.version"] == ARGS["VERSION"]
    assert image.labels["dev.nanobanana.tree"] == ARGS["TREE"]
    assert image.user == "65532:65532"
    assert image.env["MALLOC_ARENA_MAX"] == "2"
    assert image.env["MALLOC_MMAP_THRESHOLD_"] == "1000000"
