"""Handles updates from the quarantine again, after the bug that put them there was fixed.

    python -m infra.operations.replay QUARANTINE_ID…

The ids are in the log lines `update_quarantined`. The variables are those of the function `sweep`:
GOOGLE_CLOUD_PROJECT, GOOGLE_CLOUD_LOCATION, TASKS_SERVICE_ACCOUNT, BOT_URL, IMAGE_URL, CHAT_URL, VIDEO_URL and
API_URL; for the local system the emulators' too. A replay is idempotent: the id of a request comes from its update, so
nothing is bought twice.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from google.auth.exceptions import GoogleAuthError

from infra.operations.login_token import tell_no_login
from shared.errors import UnavailableError, UnusableUpdateError
from shared.settings import RepairSettings, load
from shared.telegram.quarantine_update import replay_update
from shared.wiring import make_repair_ports


async def _replay(settings: RepairSettings, quarantine_ids: Sequence[str]) -> int:
    ports, failed = make_repair_ports(settings), 0
    for quarantine_id in quarantine_ids:
        try:
            await replay_update(ports, quarantine_id)
        except (UnusableUpdateError, UnavailableError) as error:
            print(f"{quarantine_id}: {error}")
            failed = 1
        else:
            print(f"{quarantine_id}: comes again")
    return failed


def main() -> int:
    parser = argparse.ArgumentParser(description="Have updates from the quarantine handled again.")
    parser.add_argument("quarantine_ids", nargs="+", metavar="QUARANTINE_ID")
    quarantine_ids: list[str] = parser.parse_args().quarantine_ids
    try:
        return asyncio.run(_replay(load(RepairSettings.read), quarantine_ids))
    except GoogleAuthError as error:
        sys.exit(f"replay: {tell_no_login(error)}")


if __name__ == "__main__":
    sys.exit(main())
