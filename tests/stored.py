"""Documents as the product reads them."""

from copy import deepcopy
from typing import Any

from shared.jobs.job import Job
from shared.jobs.open_jobs import decode_job
from shared.ports import Fields, Key
from shared.surfaces import SCREENS, SURFACES
from tests.world import World


def read_job(fields: dict[str, Any]) -> Job:
    """A job's document."""
    return decode_job(fields, SCREENS, SURFACES)


def copy_all(world: World) -> dict[Key, Fields]:
    """Every document of a world, to be compared with what it is later."""
    return {key: deepcopy(record.fields) for key, record in world.store._documents.items()}
