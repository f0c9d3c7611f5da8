"""`image`: moves one picture's job by one step: call the model, store the file, deliver, settle."""

from starlette.requests import Request
from starlette.responses import Response

from shared import loading
from shared.http import done, make_endpoint, read_task
from shared.jobs.carry_record import read_record
from shared.jobs.job_documents import job_key
from shared.jobs.move_job import move_job
from shared.kinds import image_kinds
from shared.logs import configure_logs, set_log_context
from shared.ports import PictureStudio
from shared.settings import ImageSettings, TelemetrySettings, load
from shared.stopping import act_at_stop, heed_sigterm
from shared.wiring import Once, make_picture_studio, make_ports, start_telemetry, task_token

settings = load(ImageSettings.read)
configure_logs("image")
start_telemetry("image", load(TelemetrySettings.read))
ports = Once(lambda: make_ports(settings.work, "image"))


def open_studio() -> PictureStudio:
    """The picture models and tools, in a process that releases its jobs, and what it booked ahead, at SIGTERM."""
    made = make_picture_studio(settings.model, settings.fal, dearer_too=settings.dearer_too)
    heed_sigterm(made.stopping)
    act_at_stop(made.stopping, ports.get().spending.give_back)
    loading.later("shared.adapters.pictures", "shared.adapters.gemini_answers", "fluent.runtime")
    return made


studio = Once(open_studio)
kinds = image_kinds()


async def work(request: Request) -> Response:
    """POST / with the id of the job to move, and perhaps its document."""
    job_id, said = await read_task(request, "job")
    set_log_context(job_id=job_id)
    await move_job(ports.get(), studio.get(), kinds, job_id, read_record(job_id, said.get("record")))
    return done()


async def check() -> None:
    """Check that the store answers."""
    await ports.get().store.read([job_key("ready")])


image = make_endpoint("image", settings.release, settings.caller.project, task_token(settings.caller), work, check)
loading.end()
