"""One job, one step: have a video begun, ask how far it is, store and deliver it, settle."""

from starlette.requests import Request
from starlette.responses import Response

from shared import loading
from shared.http import done, make_endpoint, read_task
from shared.jobs.job_documents import job_key
from shared.jobs.move_job import move_job
from shared.jobs.publish_notice import NOTICES_TASK_PATH, TOLD_OPERATION
from shared.kinds import video_kinds
from shared.logs import configure_logs, set_log_context
from shared.ports import VideoStudio
from shared.providers.notices import as_operation
from shared.settings import TelemetrySettings, VideoSettings, load
from shared.stopping import heed_sigterm
from shared.videos.take_notice import take_notice
from shared.wiring import Once, make_ports, make_video_studio, start_telemetry, task_token

settings = load(VideoSettings.read)
configure_logs("video")
start_telemetry("video", load(TelemetrySettings.read))
ports = Once(lambda: make_ports(settings.work, "video"))


def open_studio() -> VideoStudio:
    """What makes videos, in a process that gives its jobs back when it is told to end."""
    made = make_video_studio(settings)
    heed_sigterm(made.stopping)
    return made


studio = Once(open_studio)
kinds = video_kinds()


async def work(request: Request) -> Response:
    """POST / brings the id of the job to move, POST /notices that of one of which its provider told."""
    job_id, said = await read_task(request, "job")
    set_log_context(job_id=job_id)
    if request.url.path == NOTICES_TASK_PATH:
        await take_notice(ports.get(), studio.get(), kinds, job_id, as_operation(said.get(TOLD_OPERATION)))
        return done()
    await move_job(ports.get(), studio.get(), kinds, job_id)
    return done()


async def check() -> None:
    """The store answers."""
    await ports.get().store.read([job_key("ready")])


video = make_endpoint("video", settings.release, settings.caller.project, task_token(settings.caller), work, check)
loading.end()
