"""What revisions wrote to Cloud Logging.

https://cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from infra.deploy.api import Api
from infra.deploy.context import Context
from infra.deploy.google_login import google_token

LOGGING_URL = "https://logging.googleapis.com"
PAGE_SIZE = 100
"""More errors than this make no difference."""


class EntriesReader:
    """Reads one project's log entries."""

    def __init__(self, project: str, context: Context) -> None:
        self._project = project
        self._context = context

    def list_errors(self, revisions: Sequence[str], since: datetime) -> list[Mapping[str, Any]]:
        """The newest entries of severity ERROR and above of these revisions. Raises DeployError."""
        names = " OR ".join(f'resource.labels.revision_name="{each}"' for each in revisions)
        when = since.isoformat().replace("+00:00", "Z")
        body = {
            "resourceNames": [f"projects/{self._project}"],
            "filter": f'resource.type="cloud_run_revision" AND ({names}) AND severity>=ERROR AND timestamp>="{when}"',
            "orderBy": "timestamp desc",
            "pageSize": PAGE_SIZE,
        }
        base = self._context.environment.get("LOGGING_API_URL") or LOGGING_URL
        with Api(base, google_token(self._context, "LOGGING_API_URL"), self._context) as api:
            found = api.ask("/v2/entries:list", body) or {}
        return list(found.get("entries", ()))
