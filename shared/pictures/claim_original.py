"""A picture's uncompressed file is sent at most once in a while."""

from datetime import datetime

from shared.jobs.open_jobs import StoredJob
from shared.pictures.picture import artefacts_of, note_original
from shared.ports import Ports
from shared.telegram.claim_sending import claim_sending


async def claim_original(ports: Ports, opened: StoredJob, pressed_at: datetime) -> StoredJob | None:
    """The job for the one press that sends the file; None if it was just sent. Raises UnavailableError."""
    return await claim_sending(ports, opened, pressed_at, lambda job: artefacts_of(job).original_sent_at, note_original)
