"""notify: send the operators a message."""

import argparse
from datetime import datetime

from infra.deploy.context import Context
from infra.deploy.telegram_notice import Notice, send_notice

HELP = "Send a message to the notification chat. Success is told of a release only; a lost message fails nothing."
SERVER_URL = "https://github.com"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--what", required=True, help="what happened, one line")
    parser.add_argument("--result", default="success", help="success, failure, cancelled, rolled back, held, …")
    parser.add_argument("--release", action="store_true", help="a release: told also when it succeeds")
    parser.add_argument("--always", action="store_true", help="tell it although nothing is wrong, without a sound")
    parser.add_argument("--who", help="default: GITHUB_ACTOR")
    parser.add_argument("--started", help="when it began, as ISO 8601: the duration is worked out")
    parser.add_argument("--detail", action="append", default=[], help="a further line; may be repeated")
    parser.add_argument("--link", action="append", default=[], help="words=URL; may be repeated")


def run(args: argparse.Namespace, context: Context) -> int:
    """Always 0."""
    is_routine = args.result == "success" and not args.release
    if is_routine and not args.always:
        context.say(f"nothing is wrong, nobody is told: {args.what}")
        return 0
    notice = Notice(
        what=args.what,
        result=args.result or "unknown",
        who=args.who or context.environment.get("GITHUB_ACTOR", ""),
        seconds=count_seconds(args.started, context),
        details=tuple(args.detail),
        links=read_links(args.link) | find_run(context),
        is_silent=is_routine,
    )
    send_notice(context, notice)
    return 0


def count_seconds(started: str | None, context: Context) -> float | None:
    """Seconds since `started`; None if it is missing or invalid, so that the message is sent anyway."""
    try:
        return (context.clock.now() - datetime.fromisoformat(started or "")).total_seconds()
    except (ValueError, TypeError):
        return None


def read_links(links: list[str]) -> dict[str, str]:
    """Parse `words=URL`. A link without a web address is dropped, because Telegram would refuse the message."""
    pairs = (link.partition("=") for link in links)
    return {words: url for words, _, url in pairs if words and url.startswith(("https://", "http://"))}


def find_run(context: Context) -> dict[str, str]:
    """The link to the current workflow run."""
    repository, run_id = (context.environment.get(name) for name in ("GITHUB_REPOSITORY", "GITHUB_RUN_ID"))
    if not (repository and run_id):
        return {}
    return {"Run": f"{context.environment.get('GITHUB_SERVER_URL') or SERVER_URL}/{repository}/actions/runs/{run_id}"}
