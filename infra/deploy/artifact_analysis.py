"""What Google's Artifact Analysis has found in an image of our registry.

https://cloud.google.com/artifact-analysis/docs/reference/rest/v1/projects.occurrences. It scans each new image,
because Terraform switches `containerscanning.googleapis.com` on where images are built for production, and looks again
as long as the image was pulled within 30 days.
"""

from collections.abc import Iterator
from typing import Any

from infra.deploy.api import Api
from infra.deploy.context import Context
from infra.deploy.errors import DeployError
from infra.deploy.google_login import google_token
from infra.deploy.registry import Repository

ANALYSIS_URL = "https://containeranalysis.googleapis.com"
VARIABLE = "CONTAINER_ANALYSIS_API_URL"
PAGE_SIZE = 1000
PAGES_MAX = 50
SCANNED = "FINISHED_SUCCESS"


def list_findings(repository: Repository, digest: str, context: Context) -> list[dict[str, Any]]:
    """The occurrences of weaknesses in an image. Raises DeployError, also where it was not scanned to the end."""
    about = f'resourceUrl="https://{repository.image}@{digest}"'
    token = google_token(context, VARIABLE)
    with Api(context.environment.get(VARIABLE) or ANALYSIS_URL, token, context) as api:
        scans = [*_list(api, repository.project, f'kind="DISCOVERY" AND {about}')]
        states = {str(each.get("discovery", {}).get("analysisStatus")) for each in scans}
        if SCANNED not in states:
            raise DeployError(f"{digest} was not scanned: {', '.join(sorted(states)) or 'nothing is known of it'}")
        return [*_list(api, repository.project, f'kind="VULNERABILITY" AND {about}')]


def _list(api: Api, project: str, asked: str) -> Iterator[dict[str, Any]]:
    """Every occurrence of a search. Raises DeployError."""
    token = None
    for _ in range(PAGES_MAX):
        page = api.get(f"/v1/projects/{project}/occurrences", filter=asked, pageSize=PAGE_SIZE, pageToken=token)
        yield from page.get("occurrences", [])
        token = page.get("nextPageToken")
        if not token:
            return
    raise DeployError(f"more than {PAGES_MAX} pages of findings")
