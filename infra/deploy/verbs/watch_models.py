"""watch-models: checks whether the used models will change soon; findings become an issue on GitHub, and a message.

With GEMINI_API_KEY it asks for the available models, and puts one word to each model that answers in words: only an
answer says at which stage of its life a model is, and which model it came from. With FAL_KEY it asks fal for the
endpoints of its models. Without a key it says that this provider was skipped, and checks only the dates and prices in
the file of offers. With --environment it also asks the enterprise API for Veo, if that is on offer there.
"""

import argparse
from collections.abc import Iterable, Iterator

from google import genai
from google.genai import types

from infra.deploy.ask_fal import ask_fal
from infra.deploy.ask_models import CALL_MS_MAX, find_missing_veo, has_model
from infra.deploy.context import Context
from infra.deploy.deployment import load_deployment
from infra.deploy.environments import ENVIRONMENTS, add_deployment_argument, find_place
from infra.deploy.errors import UnreachableError
from infra.deploy.github import GitHub
from infra.deploy.issues import close, find_issue, keep_open
from infra.deploy.model_changes import find_ending_models, find_price_changes
from infra.deploy.telegram_notice import Notice, send_notice
from shared.credits.catalogue import SPEECH, list_rungs
from shared.providers.ladder import Rung, TextRung

HELP = "Say which models are gone, about to end or to change their price, and keep an issue open for them."
TITLE = "Models that are about to change"
BODY = """\
{findings}

`docs/runbooks/model-gone.md` says what to do. The nightly workflow closes this issue when nothing is left of it.
"""
WORD = "Say OK."
STABLE = frozenset({types.ModelStage.STABLE, types.ModelStage.MODEL_STAGE_UNSPECIFIED})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-issue", action="store_true", help="only say it")
    parser.add_argument("--environment", choices=ENVIRONMENTS, help="also ask for Veo, where it is on offer there")
    parser.add_argument("--project", help="its Google project; default: the one in terraform/environments/…/main.tf")
    parser.add_argument("--region", help="default: likewise")
    add_deployment_argument(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Returns 1 if something needs a person, else 0."""
    rungs, today = list_rungs(), context.clock.now().date()
    findings = [
        *ask_provider(rungs, context),
        *ask_fal(rungs, context),
        *ask_veo(args, context),
        *find_ending_models(rungs, today),
        *find_price_changes(rungs, today),
    ]
    for finding in findings:
        context.say(finding)
    if not args.no_issue:
        with GitHub(context) as github:
            is_new = keep_issue(github, findings)
        if is_new:
            send_notice(context, Notice(TITLE, result="to be looked at", details=tuple(findings)))
    return 1 if findings else 0


def keep_issue(github: GitHub, findings: list[str]) -> bool:
    """Keep one issue open while there are findings; returns whether they differ from those of the last night."""
    if not findings:
        close(github, TITLE)
        return False
    known, body = find_issue(github, TITLE), BODY.format(findings="\n".join(f"- {finding}" for finding in findings))
    keep_open(github, TITLE, body)
    return known is None or known["body"] != body


def ask_provider(rungs: Iterable[Rung], context: Context) -> Iterator[str]:
    """One line per model that Gemini's developer API lacks, gives up or serves by another. Raises UnreachableError."""
    key = context.environment.get("GEMINI_API_KEY", "")
    if not key:
        context.say("skipped: Gemini was not asked which models there are: GEMINI_API_KEY is not set")
        return
    options = types.HttpOptions(
        base_url=context.environment.get("GOOGLE_GEMINI_BASE_URL") or None,
        timeout=CALL_MS_MAX,
    )
    with genai.Client(enterprise=False, api_key=key, http_options=options) as client:
        for rung in rungs:
            if rung.provider != "gemini":
                continue
            if not has_model(client, rung.id):
                yield f"{rung.name} is not there any more: Google answers that it does not know it"
            elif isinstance(rung, TextRung) and rung not in SPEECH.rungs:
                yield from hear_about(client, rung)


def ask_veo(args: argparse.Namespace, context: Context) -> Iterator[str]:
    """One line per model of Veo that is on offer and not there. Raises DeployError."""
    if args.environment is None:
        return
    deployment = load_deployment(context, find_place(args, context).project, args.deployment)
    for name in find_missing_veo(deployment, context):
        yield f"{name} is not there any more: the next release to {args.environment} is refused until VEO_OFFERS is off"


def hear_about(client: genai.Client, rung: Rung) -> Iterator[str]:
    """One line if the model's answer says that it ends, or that another model gave it. Raises UnreachableError."""
    config = types.GenerateContentConfig(max_output_tokens=64)
    try:
        answer = client.models.generate_content(model=rung.id, contents=WORD, config=config)
    except Exception as error:
        raise UnreachableError(f"{rung.id}: {type(error).__name__}") from error
    stage = answer.model_status.model_stage if answer.model_status else None
    if stage is not None and stage not in STABLE:
        yield f"{rung.name} is {stage.value}: Google gives it up, its answer says"
    if answer.model_version and not answer.model_version.startswith(rung.id):
        yield f"{rung.name} is answered by {answer.model_version}, whose price may be another"
