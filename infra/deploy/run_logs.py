"""What the jobs of a workflow's run have said, and where it is kept: one object per release.

`nanobanana/{tag}.log` is of the build and staging, `production/nanobanana/{tag}-prod.log` of the deployment,
`rollback/nanobanana/{tag}-rollback.log` of the way back. GitHub puts asterisks where a secret would stand.
"""

from urllib.parse import quote

import httpx

from infra.deploy.api import CALL_SECONDS_MAX
from infra.deploy.context import Context
from infra.deploy.deployment import STORAGE_URL
from infra.deploy.errors import ConflictError, DeployError, RefusedError, UnreachableError
from infra.deploy.github import GitHub
from infra.deploy.google_login import google_token
from infra.deploy.releases_api import SERVICE

LOG_BYTES_MAX = 8 * 1024 * 1024
"""Of one job; a longer log loses its middle."""
TAKEN = 412


def name_log(tag: str, kind: str) -> str:
    """The object's name; `kind` is `staging`, `production` or `rollback`."""
    if kind == "production":
        return f"production/{SERVICE}/{tag}-prod.log"
    return f"rollback/{SERVICE}/{tag}-rollback.log" if kind == "rollback" else f"{SERVICE}/{tag}.log"


def read_logs(github: GitHub, run_id: str, attempt: str) -> str:
    """All jobs of a run that have ended, one after another. Raises DeployError."""
    jobs = github.pages(f"/actions/runs/{run_id}/attempts/{attempt}/jobs", "jobs")
    ended = [each for each in jobs if each["status"] == "completed" and each["conclusion"] != "skipped"]
    return "\n".join(f"=== {job['name']}: {job['conclusion']} ===\n{read_log(github, job['id'])}" for job in ended)


def read_log(github: GitHub, job_id: int) -> str:
    """The log of one job; a line that says so if GitHub has none any more. Raises DeployError."""
    try:
        # GitHub leads to another host, which must not get the token.
        place = github.find_redirect(f"/actions/jobs/{job_id}/logs")
        answer = httpx.get(place, timeout=CALL_SECONDS_MAX)
    except httpx.HTTPError as error:
        raise UnreachableError(f"the log of job {job_id}: {type(error).__name__}") from error
    if not answer.is_success:
        return f"(GitHub answered {answer.status_code})"
    content = answer.content
    if len(content) > LOG_BYTES_MAX:
        half = LOG_BYTES_MAX // 2
        content = content[:half] + b"\n(the middle is left out)\n" + content[-half:]
    return content.decode("utf-8", "replace")


def keep_log(context: Context, project: str, name: str, text: str) -> None:
    """Create the object; one of that name stays as it is. Raises ConflictError if it is there, DeployError."""
    bucket = f"{project}-release-logs"
    if context.dry_run:
        context.say(f"would write gs://{bucket}/{name}")
        return
    base = context.environment.get("STORAGE_EMULATOR_HOST") or STORAGE_URL
    token = google_token(context, "STORAGE_EMULATOR_HOST")()
    url = f"{base}/upload/storage/v1/b/{bucket}/o?uploadType=media&name={quote(name, safe='')}&ifGenerationMatch=0"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/plain; charset=utf-8"}
    try:
        answer = httpx.post(url, content=text.encode(), headers=headers, timeout=CALL_SECONDS_MAX * 3)
    except httpx.HTTPError as error:
        raise UnreachableError(f"gs://{bucket}/{name}: {type(error).__name__}") from error
    if answer.status_code == TAKEN:
        raise ConflictError(f"gs://{bucket}/{name} is there already")
    if not answer.is_success:
        kind = RefusedError if answer.status_code in {401, 403} else DeployError
        raise kind(f"gs://{bucket}/{name}: {answer.status_code}")
    context.say(f"kept gs://{bucket}/{name}")
