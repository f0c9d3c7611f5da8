"""The local GitHub as a process: `python -m infra.local.github --port 8709 --releases-url http://127.0.0.1:8718`.

Prints `{"event": "ready", "url": …}` once it listens; ends within a second of SIGTERM.
"""

import argparse
import base64

from infra.local.github.running import run_github
from infra.local.serving import serve_until_stopped


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    arguments = _read_arguments()
    serve_until_stopped("local GitHub", arguments.port, run_github(**vars(arguments)))


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.github", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--releases-url", required=True, help="where its workflows report")
    parser.add_argument("--app-key", type=_read_key, default="", help="the App's public key: PEM in base64")
    parser.add_argument("--pace-seconds", type=float, default=2.0, help="how long a step of a workflow takes")
    parser.add_argument("--served", default="", help="the version that is everywhere at the start")
    parser.add_argument("--bot-url", default="", help="the release bot's chat, for links")
    parser.add_argument("--log", action="store_true", help="one JSON line per run on stdout")
    return parser.parse_args()


def _read_key(text: str) -> str:
    return base64.b64decode(text).decode()


if __name__ == "__main__":
    main()
