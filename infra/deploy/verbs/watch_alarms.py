"""watch-alarms: keeps an issue for the weekly test alarm until a person has closed it.

The alarm rings on Monday morning (`shared/jobs/rehearse_alarm.py`) in every environment. The issue asks for
production's. Closing it says that the alarm came; one that stays open for two days means that alarms reach nobody.
"""

import argparse
from datetime import UTC, datetime, time, timedelta
from typing import Any

from infra.deploy.context import Context
from infra.deploy.github import GitHub
from infra.deploy.telegram_notice import Notice, send_notice
from shared.jobs.rehearse_alarm import HOUR, MONDAY

HELP = "Ask by an issue whether the weekly test alarm came, and say it when nobody answers."
TITLE = "Did the test alarm of "
ANSWERED_WITHIN = timedelta(days=2)
BODY = """\
On Monday at {hour:02d}:00 UTC the alarm `alarm-test` of production rang, by mail and in the operators' chat.

If it reached you, close this issue. If it did not, real alarms would not either: `docs/runbooks/alarm-test.md`.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It needs no arguments."""


def run(args: argparse.Namespace, context: Context) -> int:
    """Returns 1 if a test alarm was not answered, else 0."""
    del args
    now = context.clock.now()
    rang_at = find_last_ring(now)
    title = write_title(rang_at)
    with GitHub(context) as github:
        # What is not older than the alarm was changed since, so closed ones are among these.
        known = [*list_issues(github, state="all", since=rang_at.strftime("%Y-%m-%dT%H:%M:%SZ"))]
        if all(issue["title"] != title for issue in known):
            github.change("POST", "/issues", {"title": title, "body": BODY.format(hour=HOUR)})
        open_titles = sorted({issue["title"] for issue in list_issues(github, state="open")})
    late = [each for each in open_titles if each != title or now - rang_at >= ANSWERED_WITHIN]
    for each in late:
        context.say(f"nobody has answered: {each}")
    if late:
        words = "A test alarm was not acknowledged: do alarms reach anybody?"
        send_notice(context, Notice(words, result="to be looked at", details=tuple(late)))
    return 1 if late else 0


def find_last_ring(now: datetime) -> datetime:
    """When the alarm rang last."""
    monday = now.date() - timedelta(days=(now.weekday() - MONDAY) % 7)
    rang_at = datetime.combine(monday, time(HOUR), UTC)
    return rang_at if rang_at <= now else rang_at - timedelta(days=7)


def write_title(rang_at: datetime) -> str:
    return f"{TITLE}{rang_at:%Y-%m-%d} come?"


def list_issues(github: GitHub, **asked: str) -> list[dict[str, Any]]:
    """The issues about test alarms. GitHub lists pull requests among them; they are left out."""
    listed = github.pages("/issues", **asked)
    return [each for each in listed if each["title"].startswith(TITLE) and "pull_request" not in each]
