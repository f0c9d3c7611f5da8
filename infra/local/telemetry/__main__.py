"""Traces and metrics of the local system: `python -m infra.local.telemetry --port 8750`.

Prints `{"event": "ready", "url": …}` once it listens; ends within a second of SIGTERM.
"""

import argparse

from infra.local.serving import serve_until_stopped
from infra.local.telemetry.running import run_telemetry


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.telemetry", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    port = parser.parse_args().port
    serve_until_stopped("telemetry", port, run_telemetry(port=port))


if __name__ == "__main__":
    main()
