"""The documents against what runs: after a way back without this function they name another release as live.

`releases` is one of the functions that a rollout moves together, so its own image is what production serves.
"""

from shared.logs import log_event
from shared.releases.environment import PRODUCTION
from shared.releases.read_case import decode_readable
from shared.releases.release_documents import decode_environment, environment_key, release_key
from shared.releases.release_ports import ReleasePorts


async def watch_production(ports: ReleasePorts, serving: str) -> bool:
    """Log that the documents and what runs have come apart, and return whether they have. Raises UnavailableError.

    `serving`: the digest of the image of this process; empty: nobody knows it. While a release moves, both may serve.
    """
    [record] = await ports.store.read([environment_key(PRODUCTION)])
    environment = decode_environment(record, PRODUCTION)
    if not (serving and environment.live) or environment.moving:
        return False
    found = await ports.store.read([release_key(id_) for id_ in environment.live.values()])
    live = list(decode_readable(record for record in found if record is not None))
    is_apart = serving not in {release.digest for release in live}
    if is_apart:
        log_event("release_drifted", severity="ERROR", live=[release.id for release in live], serving=serving)
    return is_apart
