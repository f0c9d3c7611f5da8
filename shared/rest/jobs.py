"""What became of orders, and the finished results of a person.

GET /jobs/{job_id}            how far a picture or video is      GET /jobs/{job_id}/file    a link to its file
GET /results?cursor=…         finished pictures and videos, the newest first
"""

from shared.errors import UnusableReportError
from shared.gallery.find_results import find_results, read_job
from shared.gallery.result import ALL, PICTURES, VIDEOS, Result, read_cursor, write_cursor
from shared.hash_ids import is_id
from shared.jobs.job import Job, kept_until
from shared.jobs.job_documents import job_key
from shared.miniapp.gallery_page import LINK_LIFE
from shared.miniapp.tiles import find_file
from shared.ports import AppPorts
from shared.rest.calls import NOT_FOUND, Problem, RestAnswer
from shared.rest.describe_job import describe_job, is_offered, state_of
from shared.rest.program import RestCall

PAGE = 20
"""Results on a page."""
_SELECTIONS = {None: ALL, "picture": PICTURES, "video": VIDEOS}


async def show_job(ports: AppPorts, call: RestCall) -> RestAnswer | Problem:
    """One job. Raises UnavailableError."""
    job = await _find(ports, call)
    return NOT_FOUND if job is None else RestAnswer(describe_job(job, ports.clock.now()))


async def link_file(ports: AppPorts, call: RestCall) -> RestAnswer | Problem:
    """An address where anybody can download the file for a quarter of an hour, or as long as the file is there.

    Also of what was ordered incognito, which is in no list: nothing else delivers it to its program. Raises
    UnavailableError.
    """
    job, now = await _find(ports, call), ports.clock.now()
    if job is None:
        return NOT_FOUND
    blob, filename = find_file(Result(job)) if state_of(job, now) == "done" else ("", "")
    if not blob:
        return Problem(409, "There is no file: the job is not done, or its result was deleted.", "no-file")
    life = min(LINK_LIFE, kept_until(job) - now)
    url = await ports.media.link(blob, life, filename)
    return RestAnswer({"url": url, "filename": filename, "expires_at": (now + life).isoformat()})


async def list_results(ports: AppPorts, call: RestCall) -> RestAnswer | Problem:
    """A page of results. Raises UnusableReportError, UnavailableError."""
    cursor, kind = call.query.get("cursor"), call.query.get("kind")
    after = None if cursor is None else read_cursor(cursor)
    if kind not in _SELECTIONS or (cursor is not None and after is None):
        raise UnusableReportError("kind" if kind not in _SELECTIONS else "cursor")
    found = await find_results(ports, call.user_id, _SELECTIONS[kind], after=after, limit=PAGE)
    now, following = ports.clock.now(), found.following
    results = [describe_job(each.job, now) for each in found.results]
    return RestAnswer({"results": results, "next": None if following is None else write_cursor(following)})


async def _find(ports: AppPorts, call: RestCall) -> Job | None:
    """A picture or video of this person. Raises UnavailableError."""
    job_id = call.parameters["job_id"]
    [record] = await ports.store.read([job_key(job_id)]) if is_id(job_id) else [None]
    opened = None if record is None else read_job(ports, record)
    is_theirs = opened is not None and opened.job.user_id == call.user_id and is_offered(opened.job)
    return opened.job if opened is not None and is_theirs else None
