"""Records what a version leaves behind for the next: `python -m tests.corpus.record_release v2026.11.21.1`.

The files go to tests/corpus/releases/<version>/ and are committed; nobody changes them afterwards. `tests/corpus/
test_releases.py` says when a recording is due.
"""

import argparse
import asyncio
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from shared.people import talk
from tests.corpus.recording import RELEASES, record, version_key, write_recording
from tests.corpus.scenario import play


def main(arguments: list[str], releases: Path = RELEASES) -> int:
    """0 when it is recorded, 2 with one line when it cannot be."""
    parser = argparse.ArgumentParser(prog="record_release", description=__doc__)
    parser.add_argument("version", help="numbers with dots between them, as the release is called")
    version = parser.parse_args(arguments).version
    try:
        version_key(version)
    except ValueError:
        sys.stderr.write(f"{version}: not a version\n")
        return 2
    with redirect_stdout(StringIO()), pytest.MonkeyPatch.context() as patch:  # the log of what was played
        patch.setattr(talk, "DEFAULT_MODE", "picture")  # the scenario says itself who is in another one
        stage = asyncio.run(play())
    try:
        write_recording(record(version, stage), releases / version)
    except FileExistsError:
        sys.stderr.write(f"{version} is recorded already: a release does not change\n")
        return 2
    sys.stdout.write(f"recorded in {releases / version}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
