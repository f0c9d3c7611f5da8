"""Reading the log entries of revisions from Cloud Logging.

https://cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from infra.deploy.api import Api
from infra.deploy.context import Context
from infra.deploy.errors import UnreachableError
from infra.deploy.google_login import google_token

LOGGING_URL = "https://logging.googleapis.com"
PAGE_SIZE = 100
"""More errors would make no difference."""
PAGES_MAX = 20
"""The most pages; a long search returns empty pages with a token."""


class EntriesReader:
    """Reads one project's log entries."""

    def __init__(self, project: str, context: Context) -> None:
        base = context.environment.get("LOGGING_API_URL") or LOGGING_URL
        self._api = Api(base, google_token(context, "LOGGING_API_URL"), context)
        self._project = project

    def list_errors(self, revisions: Sequence[str], since: datetime) -> list[Mapping[str, Any]]:
        """The newest entries of severity ERROR and above of these revisions. Raises DeployError."""
        names = " OR ".join(f'resource.labels.revision_name="{each}"' for each in revisions)
        when = since.isoformat().replace("+00:00", "Z")
        body: dict[str, Any] = {
            "resourceNames": [f"projects/{self._project}"],
            "filter": f'resource.type="cloud_run_revision" AND ({names}) AND severity>=ERROR AND timestamp>="{when}"',
            "orderBy": "timestamp desc",
            "pageSize": PAGE_SIZE,
        }
        for _ in range(PAGES_MAX):
            page = self._api.ask("/v2/entries:list", body) or {}
            entries: list[Mapping[str, Any]] = list(page.get("entries", ()))
            if entries or "nextPageToken" not in page:
                return entries
            body["pageToken"] = page["nextPageToken"]
        raise UnreachableError("the log's search does not come to an end")
