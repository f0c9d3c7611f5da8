"""The local Gemini as a process: `python -m infra.local.gemini --port 8701 --latency-seconds 4 --log`.

Prints `{"event": "ready", "url": …}` once it listens; ends within a second of SIGTERM. Words in a prompt make
it fail, for trying by hand: #safety #blocked #busy #slow #error #badfile #lost; for pictures also #noimage #corrupt,
for videos also #failed #novideo #hidden #latefile #large #corrupt #uneven #nosound, for answers in words #limit #cut
#broken #stall #endless #echo #refuse #obey; for speech, in what is to be spoken, #wav #mute #hoarse.
"""

import argparse
import os
import sys

from infra.local.gemini.running import run_gemini
from infra.local.serving import serve_until_stopped


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    arguments = _read_arguments()
    serve_until_stopped("local Gemini", arguments.port, run_gemini(**vars(arguments)))
    # A picture that a thread still draws must not hold the process.
    sys.stdout.flush()
    os._exit(0)


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.gemini", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--latency-seconds", type=float, default=3.0, help="how long a picture takes")
    parser.add_argument("--jitter", type=float, default=0.2, help="fraction by which the latency varies")
    parser.add_argument("--text-pace", type=float, default=1.0, help="factor for the pauses of answers in words")
    parser.add_argument("--video-seconds", type=float, default=20.0, help="how long a video takes")
    parser.add_argument("--storage-url", default="", help="Cloud Storage's emulator, for videos")
    parser.add_argument("--noise", action="store_true", help="noise instead of drawings, for benches")
    parser.add_argument("--seed", type=int, default=0, help="of the dice for faults and latency")
    parser.add_argument("--log", action="store_true", help="one JSON line per call on stdout")
    return parser.parse_args()


if __name__ == "__main__":
    main()
