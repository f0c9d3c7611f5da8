"""`chat`: moves one job of words or sound by one step, or handles one update whose words a model has to read."""

from starlette.requests import Request
from starlette.responses import Response

from shared import loading
from shared.bot.intake import take_update
from shared.conversations.watch_stop import hurry
from shared.delivery import STOPS_PATH, UPDATES_PATH
from shared.http import TASK_BYTES_MAX, done, make_endpoint, read_body, read_delivery, read_task
from shared.jobs.carry_record import read_record
from shared.jobs.job_documents import job_key
from shared.jobs.move_job import move_job
from shared.kinds import chat_kinds
from shared.logs import configure_logs, set_log_context
from shared.ports import TalkStudio
from shared.settings import ChatSettings, TelemetrySettings, load
from shared.stopping import heed_sigterm
from shared.wiring import Once, make_ports, make_talk_studio, start_telemetry, task_token

settings = load(ChatSettings.read)
configure_logs("chat")
start_telemetry("chat", load(TelemetrySettings.read))
ports = Once(lambda: make_ports(settings.work, "chat"))


def open_studio() -> TalkStudio:
    """The text and speech models, in a process that releases its jobs at SIGTERM."""
    made = make_talk_studio(settings.model)
    heed_sigterm(made.stopping)
    loading.later("fluent.runtime")
    return made


studio = Once(open_studio)
kinds = chat_kinds()


async def work(request: Request) -> Response:
    """POST / with the id of a job to move, /stops with a job to check at once, /updates with an update from `bot`."""
    if request.url.path == UPDATES_PATH:
        body = await read_body(request, TASK_BYTES_MAX)
        await take_update(ports.get(), body, read_delivery(request, ports.get().clock.now()), studio.get())
        return done()
    job_id, said = await read_task(request, "job")
    set_log_context(job_id=job_id)
    if request.url.path == STOPS_PATH:
        hurry(studio.get(), job_id)
        return done()
    await move_job(ports.get(), studio.get(), kinds, job_id, read_record(job_id, said.get("record")))
    return done()


async def check() -> None:
    """Check that the store answers."""
    await ports.get().store.read([job_key("ready")])


chat = make_endpoint("chat", settings.release, settings.caller.project, task_token(settings.caller), work, check)
loading.end()
