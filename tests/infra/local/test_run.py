"""`make run` as a person meets it: its output, its end, its refusals."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from infra.local.ports import fix_ports, is_free

STUBS = Path(__file__).parent / "stubs"
ROOT = Path(__file__).resolve().parents[3]
# `make run` itself, but for the functions, which are stand-ins, and the parts, which are few.
SMALL = f"""
import dataclasses, pathlib, sys
from infra.local import options, run
read = run.read_options
parts = options.only("storage", "tasks", "telegram", "webhook", "sweep", "scheduler")
run.read_options = lambda: dataclasses.replace(
    read(), parts=parts, functions_folder=pathlib.Path({str(STUBS)!r}), sweep_seconds=0.3
)
sys.exit(run.main())
"""
TOKEN = "1234567:TEST-not-a-real-token"


def find_base() -> int:
    return next(base for base in range(40 * os.getpid() % 9000 + 15_000, 30_000, 20) if is_whole_base_free(base))


def is_whole_base_free(base: int) -> bool:
    return all(is_free(port) for port in fix_ports(base).values())


def start(base: int, **more: str) -> "subprocess.Popen[str]":
    environment = os.environ | {"PYTHONPATH": str(ROOT), "NANOBANANA_PORT_BASE": str(base), **more}
    return subprocess.Popen(  # noqa: S603 — our own command
        [sys.executable, "-c", SMALL],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@contextmanager
def started(base: int, **more: str) -> "Iterator[subprocess.Popen[str]]":
    process = start(base, **more)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=15)


def read_until(process: "subprocess.Popen[str]", words: str) -> str:
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if words in line:
            return seen
    pytest.fail(f"“{words}” never came:\n{seen}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_stops_everything(number: signal.Signals) -> None:
    """After Ctrl-C, or a closed terminal, no process lives and the exit code is 0."""
    base = find_base()
    with started(base) as process:
        shown = read_until(process, "ready in")
        family = psutil.Process(process.pid).children(recursive=True)
        assert len(family) >= 5
        process.send_signal(number)
        rest, _ = process.communicate(timeout=15)
    assert "ERROR" not in shown + rest
    assert f"Open  http://127.0.0.1:{base}" in shown
    assert "Everything is stopped." in rest
    assert process.returncode == 0
    assert psutil.wait_procs(family, timeout=3)[1] == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child's life to its parent's")
def test_killed_supervisor_leaves_nothing() -> None:
    """Even SIGKILL to the supervisor leaves no process behind."""
    with started(find_base()) as process:
        read_until(process, "ready in")
        family = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        assert len(family) >= 5
        assert psutil.wait_procs(family, timeout=10)[1] == []


def test_dead_part_is_one_line_and_comes_back() -> None:
    """A part that dies is reported, and serves again."""
    with started(find_base()) as process:
        read_until(process, "ready in")
        victim = next(
            each for each in psutil.Process(process.pid).children() if "infra.local.storage" in each.cmdline()
        )
        victim.kill()
        line = read_until(process, "storage").splitlines()[-1]
        assert re.search(r"storage was ended by signal 9: started again", line)
        read_until(process, "swept")


def test_taken_port_is_one_line_and_code_2() -> None:
    """A port that is taken is named with its cure, before anything starts."""
    base = find_base()
    with socket.create_server(("127.0.0.1", base + 10)), started(base) as process:
        shown, _ = process.communicate(timeout=15)
    assert process.returncode == 2
    assert re.search(rf"Port {base + 10} \(webhook\) is taken by .*NANOBANANA_PORT_BASE=\d+ make run", shown)
    assert "Traceback" not in shown


def test_missing_tool_is_one_line_and_code_2(tmp_path: Path) -> None:
    """A missing emulator is named with the command that installs it."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "FIRESTORE_EMULATOR_JAR": str(tmp_path / "none.jar")}
    done = subprocess.run(
        [sys.executable, "-m", "infra.local.run"],
        cwd=ROOT,
        env=environment | {"NANOBANANA_PORT_BASE": str(find_base())},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 2
    assert re.search(r"(Java|Firestore emulator) is missing\. Install it with:  \S+", done.stderr)


def test_odd_port_base_is_refused() -> None:
    """A port base that is no port is one clear line."""
    with started(0, NANOBANANA_PORT_BASE="many") as process:
        shown, _ = process.communicate(timeout=15)
    assert process.returncode == 2
    assert "NANOBANANA_PORT_BASE is a port" in shown


def test_real_bot_never_shows_its_token() -> None:
    """With a bot's token there is no local Telegram, the line breaks are reported, the token stays unsaid."""
    base = find_base()
    api = f"http://127.0.0.1:{base + 7}"
    with started(base, TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_BASE_URL=api) as process:
        shown = read_until(process, "could not be asked")
    assert "local Telegram" not in shown
    assert "Your bot is served" in shown
    assert TOKEN not in shown
