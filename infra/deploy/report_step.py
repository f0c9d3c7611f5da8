"""Telling the API of releases what a workflow does. A report that fails, or is slow, stops nothing and fails nothing.

Environment: `RELEASES_URL`, the address of production's function `releases`; without it nothing is told.
"""

from collections.abc import Callable
from threading import Thread
from typing import Any, TypeVar

from infra.deploy.context import Context
from infra.deploy.errors import DeployError
from infra.deploy.releases_api import ReleasesApi

Result = TypeVar("Result")
REPORT_SECONDS_MAX = 40.0
"""Of one report with all its tries. The record says what runs, and nobody waits for a document."""


def try_report(
    context: Context, what: str, report: Callable[[ReleasesApi], Result], seconds_max: float = REPORT_SECONDS_MAX
) -> Result | None:
    """What came of a report; None, with one line that says why, if nothing did in this time. Never raises."""
    url = context.environment.get("RELEASES_URL", "").strip()
    if not url:
        context.say(f"not reported, as there is no RELEASES_URL: {what}")
        return None
    found: list[Result] = []
    problems: list[str] = []

    def make_report() -> None:
        try:
            found.append(report(ReleasesApi(url, context)))
        except DeployError as error:
            problems.append(str(error))
        except Exception as error:  # noqa: BLE001 — whatever it is, the deployment goes on
            problems.append(type(error).__name__)

    thread = Thread(target=make_report, daemon=True)  # a server may drip: no time limit of a call is one of the whole
    thread.start()
    thread.join(seconds_max)
    if found:
        return found[0]
    context.say(f"::warning::not reported: {what}: {problems[0] if problems else 'no answer in time'}")
    return None


def report_step(context: Context, id_: str, status: str, seconds_max: float = REPORT_SECONDS_MAX, **more: Any) -> None:
    """Report a step of a release; without an id there is none."""
    if not id_:
        return
    phase = f", {more['phase']}" if more.get("phase") else ""
    if try_report(context, f"{id_} is {status}{phase}", lambda api: api.report(id_, status, **more), seconds_max):
        context.say(f"reported: {id_} is {status}{phase}")
