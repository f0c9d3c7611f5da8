"""The README's commands on a bare PATH."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from infra.checks import bare

RUNS = """#!/bin/sh
trap 'echo "Everything is stopped."; exit 0' INT
echo "  Open  {url}"
while :; do read -r line < "$0.pipe" || :; done
"""


@pytest.fixture
def url() -> Iterator[str]:
    """A page that answers."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"a chat")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the base class's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def add_system(folder: Path, script: str) -> list[str]:
    """A command that stands for `make run`."""
    program = folder / "system"
    program.write_text(script, encoding="utf-8")
    program.chmod(0o755)
    os.mkfifo(f"{program}.pipe")
    return [str(program)]


def test_path_holds_nothing_but_the_basics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what this machine has, Java, Redis and the like are out of reach; what is named is in reach."""
    for name in ("java", "redis-server", "terraform", "chromium"):
        (tmp_path / name).write_text("#!/bin/sh\n", encoding="ascii")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("GEMINI_API_KEY", "not-a-real-key")
    with bare.bare_environment(["chromium"]) as environment:
        found = {
            name
            for name in ("java", "redis-server", "terraform", "chromium", "git", "make", "bash", "python3")
            if shutil.which(name, path=environment["PATH"])
        }
    assert found == {"chromium", "git", "make", "bash", "python3"}
    assert "GEMINI_API_KEY" not in environment


def test_environments_outlive_the_bare_path(tmp_path: Path) -> None:
    """A virtual environment that was made there works when its folder is gone."""
    with bare.bare_environment([]) as environment:
        python = shutil.which("python3", path=environment["PATH"])
        command = [str(python), "-m", "venv", "--without-pip", str(tmp_path / "environment")]
        subprocess.run(command, env=environment, check=True)  # noqa: S603 — our own command
    done = subprocess.run([tmp_path / "environment/bin/python", "-V"], check=True, capture_output=True, text=True)  # noqa: S603
    assert done.stdout.split()[1] == sys.version.split()[0]


def test_a_system_that_answers_passes(tmp_path: Path, url: str, capfd: pytest.CaptureFixture[str]) -> None:
    """The page behind the printed URL is opened, and Ctrl-C ends the system, whose last words are heard."""
    command = add_system(tmp_path, RUNS.format(url=url))
    assert bare.run_until_it_answers(command, {"PATH": "/usr/bin:/bin"}) == 0
    assert "Everything is stopped." in capfd.readouterr().out


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("#!/bin/sh\necho 'Java is missing'; exit 2\n", id="ends before"),
        pytest.param(RUNS.format(url="http://127.0.0.1:9"), id="nobody answers"),
    ],
)
def test_a_system_that_does_not_answer_fails(tmp_path: Path, script: str) -> None:
    """Neither an early end nor an address where nobody is counts as a running system."""
    assert bare.run_until_it_answers(add_system(tmp_path, script), {"PATH": "/usr/bin:/bin"}) == 1


def test_tests_end_with_the_exit_code_of_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `make test` says by its exit code is not lost."""
    (tmp_path / "make").write_text("#!/bin/sh\nexit 3\n", encoding="ascii")
    (tmp_path / "make").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert bare.main(["test"]) == 3
