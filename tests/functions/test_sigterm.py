"""SIGTERM as Cloud Run sends it, to the server that the container starts."""

import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

FUNCTION = """
import asyncio
from starlette.responses import PlainTextResponse
from shared.stopping import heed_sigterm
from shared.wiring import Once

def listen():
    stopping = asyncio.Event()
    heed_sigterm(stopping)
    return stopping

stopping = Once(listen)

async def slow(request):
    print("begun", flush=True)
    await asyncio.wait_for(stopping.get().wait(), 20)
    return PlainTextResponse("given back")
"""


def test_a_call_under_way_hears_of_it(tmp_path: Path) -> None:
    """A request that runs when SIGTERM comes is told, is answered, and then the process ends by itself."""
    (tmp_path / "main.py").write_text(FUNCTION)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "functions_framework", "--asgi", "--target=slow", f"--port={port}"]
    source = [f"--source={tmp_path / 'main.py'}", "--host=127.0.0.1"]
    env = {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "", "XDG_RUNTIME_DIR": str(tmp_path)}
    answers = list[bytes]()

    def ask() -> None:
        for _ in range(200):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=25)
            try:
                connection.request("POST", "/")
            except ConnectionRefusedError:
                time.sleep(0.05)
                continue
            answers.append(connection.getresponse().read())
            return

    with subprocess.Popen([*command, *source], stdout=subprocess.PIPE, env=env, cwd=tmp_path) as server:  # noqa: S603 — ours
        asking = threading.Thread(target=ask)
        asking.start()
        assert server.stdout is not None
        assert server.stdout.readline() == b"begun\n"
        time.sleep(0.2)
        server.send_signal(signal.SIGTERM)
        asking.join(10)
        assert server.wait(10) == 0
    assert answers == [b"given back"]
