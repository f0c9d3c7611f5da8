"""The fixtures of this folder lead the deployer's own clients to local servers."""

from datetime import timedelta

from infra.deploy.cloud_run import CloudRun as CloudRunClient
from infra.deploy.context import Context
from infra.deploy.entries import EntriesReader
from infra.deploy.metrics import FiguresReader
from infra.deploy.telegram_notice import Notice, send_notice
from tests.cloud.cloud_run import PLACEHOLDER, CloudRun
from tests.cloud.logging import Logging
from tests.cloud.monitoring import Monitoring
from tests.cloud.telegram import NoticeChat


def test_services_are_as_terraform_leaves_them(context: Context, cloud_run: CloudRun) -> None:
    """A placeholder serves everybody, with the variables that Terraform wrote."""
    environment = context.environment
    client = CloudRunClient(environment["GOOGLE_CLOUD_PROJECT"], environment["GOOGLE_CLOUD_REGION"], context)
    service = client.read_service("webhook")
    assert service.template.containers[0].image == PLACEHOLDER
    assert cloud_run.variables("webhook")["FUNCTION_TARGET"] == "webhook"


def test_figures_are_read(context: Context, monitoring: Monitoring) -> None:
    """What a test feeds in is what the judge is given, in any number of pages."""
    monitoring.page_points = 1
    now = context.clock.now()
    monitoring.add_jobs("image-a", "delivered", 9)
    monitoring.add_jobs("image-a", "failed", 1)
    monitoring.add_requests("image-a", "image", 200, 20, ms=100)
    monitoring.add_requests("image-a", "image", 503, 2, ms=100)
    reader = FiguresReader(context.environment["GOOGLE_CLOUD_PROJECT"], context)
    figures = reader.read(["image-a"], now - timedelta(minutes=5), now)
    assert (figures.delivered, figures.failed, figures.calls, figures.calls_failed) == (9, 1, 22, 2)
    assert 100 <= figures.latency["image"].p95_ms <= 125


def test_log_is_read(context: Context, logging_api: Logging) -> None:
    """What a test writes is what the watch finds."""
    logging_api.write("image-a", "ERROR", event="ledger_mismatched")
    reader = EntriesReader(context.environment["GOOGLE_CLOUD_PROJECT"], context)
    (entry,) = reader.list_errors(["image-a", "bot-a"], context.clock.now())
    assert entry["jsonPayload"] == {"event": "ledger_mismatched"}


def test_notices_arrive(context: Context, notice_chat: NoticeChat) -> None:
    """The chat of the context is the one a test can read."""
    assert send_notice(context, Notice("released"))
    assert "released" in notice_chat.texts()[0]
