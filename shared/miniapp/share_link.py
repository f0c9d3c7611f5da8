"""The link by which other people see a result and make their own."""

from dataclasses import dataclass

from shared.codec import decode
from shared.jobs.job import Job
from shared.people.users import Language
from shared.pictures.keep_shares import share_key
from shared.pictures.share import Share, is_open, share_id, write_share_link
from shared.ports import Ports
from shared.telegram.sharing_url import sharing_url
from shared.texts import plain_text


@dataclass(frozen=True, slots=True)
class ShareLink:
    """An open link, and the address with which Telegram's apps send it to a chat."""

    address: str
    sending: str


async def find_share_link(ports: Ports, job: Job, language: Language) -> ShareLink | None:
    """The open link of a result; None if there is none. Raises UnavailableError."""
    [record] = await ports.store.read([share_key(share_id(job.id))])
    share = None if record is None else decode(Share, record.fields)
    if share is None or not is_open(share, ports.clock.now()):
        return None
    address = f"https://t.me/{await ports.messenger.username()}?start={write_share_link(share)}"
    return ShareLink(address, sharing_url(address, plain_text(language, "share-invitation")))
