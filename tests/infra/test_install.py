"""A lock installs with every pip that a supported Python brings, whatever the index holds later.

The index is a server of ours: three small packages in the shape that broke a lock of ours once. `painter` asks for
`login[web]`, whose extra asks for `carrier`; the lock pins `login` without the extra; the index has newer ones of each.
"""

import base64
import hashlib
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from infra.setup import install_command
from tests.infra.image.conftest import NO_INDEX

OLDEST_PIP = Path(__file__).with_name("oldest-pip.txt")
ENDS_OF_OLDEST_PIP = (3, 12)
"""The first Python that brings a newer pip, and under which this one does not start."""
REQUIREMENTS = {
    "painter": ("login[web]>=1.0",),
    "login": ("carrier>=1.0; extra == 'web'",),
    "carrier": (),
}
LOCKED, LATER = "1.0", "2.0"


def make_wheel(name: str, version: str) -> bytes:
    """A package that can tell its version, as pip wants it."""
    folder = f"{name}-{version}.dist-info"
    metadata = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", "Provides-Extra: web"]
    metadata += [f"Requires-Dist: {requirement}" for requirement in REQUIREMENTS[name]]
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{folder}/METADATA": "\n".join(metadata) + "\n",
        f"{folder}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [f"{path},sha256={digest(text.encode())},{len(text)}" for path, text in files.items()]
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as wheel:
        for path, text in (files | {f"{folder}/RECORD": "\n".join([*rows, f"{folder}/RECORD,,"]) + "\n"}).items():
            wheel.writestr(zipfile.ZipInfo(path), text)
    return written.getvalue()


def digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


WHEELS = {
    f"{name}-{version}-py3-none-any.whl": make_wheel(name, version)
    for name in REQUIREMENTS
    for version in (LOCKED, LATER)
}


@contextmanager
def serving(answers: Mapping[str, bytes]) -> Iterator[str]:
    """A web server with these paths; gives its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = answers.get(self.path)
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Type", "text/html" if self.path.endswith("/") else "application/octet-stream")
            self.send_header("Content-Length", str(len(found or b"")))
            self.end_headers()
            self.wfile.write(found or b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the base class's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def index() -> Iterator[str]:
    """The simple API (PEP 503) over both versions of every package."""
    pages = {
        f"/simple/{name}/": "".join(f'<a href="/{file}">{file}</a>' for file in WHEELS if file.startswith(f"{name}-"))
        for name in REQUIREMENTS
    }
    with serving(
        {path: text.encode() for path, text in pages.items()} | {f"/{k}": v for k, v in WHEELS.items()}
    ) as url:
        yield f"{url}/simple"


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """Every package in its older version, by its hash, extras left out, as `make lock` writes it."""
    path = tmp_path / "lock.txt"
    lines = [f"{name}=={LOCKED} \\\n    --hash=sha256:{find_hash(name)}\n" for name in REQUIREMENTS]
    path.write_text("".join(lines), encoding="ascii")
    return path


def find_hash(name: str) -> str:
    """What the lock says of the locked version's file."""
    return hashlib.sha256(WHEELS[f"{name}-{LOCKED}-py3-none-any.whl"]).hexdigest()


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """A fresh environment's Python, with the pip that this Python brings."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "environment"], check=True)  # noqa: S603 — our own command
    return tmp_path / "environment/bin/python"


@pytest.fixture
def python_of_debian(python: Path) -> Path:
    """The same with the oldest pip that starts with this Python."""
    if sys.version_info < ENDS_OF_OLDEST_PIP:
        command = install_command(python, OLDEST_PIP)
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 — our own command
        if any(sign in done.stdout + done.stderr for sign in NO_INDEX):
            pytest.skip("needs a package index: connect to the network")
        assert done.returncode == 0, done.stderr
    return python


def run(command: list[str], index: str) -> subprocess.CompletedProcess[str]:
    """With this index and no other: a developer's own settings stay outside."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    own = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": index, "PIP_NO_CACHE_DIR": "1"}
    environment = kept | own
    return subprocess.run(command, env=environment, check=False, capture_output=True, text=True)  # noqa: S603 — likewise


@pytest.mark.parametrize("brought", ["python", "python_of_debian"])
def test_a_lock_outlives_newer_versions(request: pytest.FixtureRequest, brought: str, lock: Path, index: str) -> None:
    """What is locked is installed, although newer ones of everything have appeared and an extra is asked for."""
    python: Path = request.getfixturevalue(brought)
    done = run(install_command(python, lock), index)
    assert done.returncode == 0, done.stderr
    script = "import carrier, login, painter; print(carrier.VERSION, login.VERSION, painter.VERSION)"
    assert run([str(python), "-c", script], index).stdout.split() == [LOCKED] * 3
    assert run([str(python), "-m", "pip", "check"], index).returncode == 0


def test_a_file_of_another_content_is_refused(python: Path, lock: Path, index: str) -> None:
    """A file that does not match its hash is not installed."""
    text = lock.read_text(encoding="ascii")
    lock.write_text(text.replace(find_hash("login"), hashlib.sha256(b"another").hexdigest()), encoding="ascii")
    done = run(install_command(python, lock), index)
    assert done.returncode != 0
    assert "login" in done.stderr
