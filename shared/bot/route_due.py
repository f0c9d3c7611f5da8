"""What `sweep` found due beside jobs and drafts, to whoever does it."""

from shared.growth.take_due import take_due
from shared.ports import Ports
from shared.privacy.erase_person import take_erasure
from shared.privacy.erasure_documents import COLLECTION


async def route_due(ports: Ports, collection: str, id_: str) -> None:
    """Gifts and purchases, or people who are to be erased. Raises UnavailableError."""
    if collection == COLLECTION:
        await take_erasure(ports, id_)
    else:
        await take_due(ports, collection, id_)
