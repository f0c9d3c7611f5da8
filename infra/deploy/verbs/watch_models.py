"""watch-models: checks whether the used models will change soon; findings become an issue on GitHub.

With GEMINI_API_KEY it asks for the available models. Without a key it checks only the catalogue's dates and prices.
"""

import argparse
from collections.abc import Iterable, Iterator

from google import genai
from google.genai import errors, types

from infra.deploy.context import Context
from infra.deploy.errors import UnreachableError
from infra.deploy.github import GitHub
from infra.deploy.issues import close, keep_open
from infra.deploy.model_changes import find_ending_models, find_losses, find_price_changes
from shared.credits.catalogue import OFFERS, list_rungs
from shared.providers.ladder import Rung

HELP = (
    "Say which models are about to end, to change their price or to be sold at a loss, and keep an issue open for them."
)
TITLE = "Models that are about to change"
BODY = """\
{findings}

`docs/runbooks/model-gone.md` says what to do. The nightly workflow closes this issue when nothing is left of it.
"""
CALL_MS_MAX = 20_000
GONE = frozenset({404, 410})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-issue", action="store_true", help="only say it")


def run(args: argparse.Namespace, context: Context) -> int:
    """Returns 1 if something needs a person, else 0."""
    rungs, today = list_rungs(), context.clock.now().date()
    findings = [
        *find_missing(rungs, context),
        *find_ending_models(rungs, today),
        *find_price_changes(rungs, today),
        *find_losses(OFFERS.values()),
    ]
    for finding in findings:
        context.say(finding)
    if not args.no_issue:
        with GitHub(context) as github:
            keep_issue(github, findings)
    return 1 if findings else 0


def keep_issue(github: GitHub, findings: list[str]) -> None:
    """Keep one issue open while there are findings."""
    if findings:
        keep_open(github, TITLE, BODY.format(findings="\n".join(f"- {finding}" for finding in findings)))
    else:
        close(github, TITLE)


def find_missing(rungs: Iterable[Rung], context: Context) -> Iterator[str]:
    """One line per model that is missing at Gemini's developer API. Raises UnreachableError."""
    key = context.environment.get("GEMINI_API_KEY", "")
    if not key:
        context.say("nobody was asked which models there are: GEMINI_API_KEY is not set")
        return
    options = types.HttpOptions(
        base_url=context.environment.get("GOOGLE_GEMINI_BASE_URL") or None,
        timeout=CALL_MS_MAX,
    )
    with genai.Client(enterprise=False, api_key=key, http_options=options) as client:
        for rung in rungs:
            if rung.provider == "gemini" and not has_model(client, rung.id):
                yield f"{rung.name} is not there any more: Google answers that it does not know it"


def has_model(client: genai.Client, model_id: str) -> bool:
    """Whether the API knows the model. Raises UnreachableError."""
    try:
        client.models.get(model=model_id)
    except errors.APIError as error:
        if error.code in GONE:
            return False
        raise UnreachableError(f"{model_id}: {error.code} {error.status}") from error
    except Exception as error:
        raise UnreachableError(f"{model_id}: {type(error).__name__}") from error
    return True
