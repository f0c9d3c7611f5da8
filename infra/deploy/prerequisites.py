"""Waiting for what a release needs and an environment does not have yet: only `terraform apply` and people make it.

A release needs what the files of its checkout name: functions, their variables, secrets and queues
(infra/functions.json), and indexes (infra/firestore.indexes.json, infra/releases.indexes.json). Terraform writes into
deployment.json what is there.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path

from infra.deploy.context import Context
from infra.deploy.deployment import Deployment
from infra.deploy.desk import TICK_SECONDS
from infra.deploy.errors import MissingError, RefusedError, UnreachableError
from infra.deploy.firestore_admin import INDEXES, RELEASE_INDEXES, name_index
from infra.deploy.secret_values import open_secrets
from infra.deploy.telegram_notice import Notice, send_notice
from infra.functions import FUNCTIONS, QUEUE_NAMES

WAIT_SECONDS_MAX = 3600
CURE = "make apply ENV={environment} makes what is missing (in GitHub: terraform), people give secrets their values"
NAMED_MAX = 5
"""A message names so many; the others are counted."""


def await_prerequisites(load: Callable[[], Deployment], context: Context) -> bool:
    """Wait until the environment has what a release needs, and tell what for; returns whether it has it all.

    `load` reads deployment.json anew. After WAIT_SECONDS_MAX a person has to decide. Raises DeployError.
    """
    deadline = context.clock.now() + timedelta(seconds=WAIT_SECONDS_MAX)
    told = ""
    while missing := list_missing(deployment := load(), context):
        words = describe(missing)
        context.say(f"waiting for {words}: {CURE.format(environment=deployment.environment)}")
        if context.dry_run:
            return True
        if told != words:
            told = words
            what = f"{deployment.environment}: a release waits for what it needs"
            cure = CURE.format(environment=deployment.environment)
            send_notice(context, Notice(what, result="held", details=(words, cure)))
        if context.clock.now() >= deadline:
            return False
        context.clock.sleep(TICK_SECONDS)
    return True


def list_missing(deployment: Deployment, context: Context) -> list[str]:
    """What this checkout needs and the environment lacks, in words; empty if it has all. Raises DeployError."""
    return [*find_missing(deployment), *find_empty_secrets(deployment, context)]


def find_missing(deployment: Deployment) -> Iterator[str]:
    """What Terraform has not made yet."""
    for name, function in FUNCTIONS.items():
        if name not in deployment.functions:
            yield f"function {name}"
            continue
        made = deployment.functions[name]
        yield from (f"variable {each} of {name}" for each in function.env if each not in made.env)
        yield from (f"secret {each} of {name}" for key, each in function.secrets.items() if key not in made.secrets)
    queues = {queue for names in QUEUE_NAMES.values() for queue in names}
    yield from (f"queue {queue}" for queue in sorted(queues - deployment.queues))
    yield from (f"index {index}" for index in list_indexes() if index not in deployment.indexes)


def find_empty_secrets(deployment: Deployment, context: Context) -> Iterator[str]:
    """Secrets whose newest version no revision could read. Cloud Run starts no revision with one of them."""
    names = {secret for function in deployment.functions.values() for secret in function.secrets.values()}
    with open_secrets(context) as api:
        for name in sorted(names):
            try:
                version = api.get(f"/v1/projects/{deployment.project}/secrets/{name}/versions/latest")
            except MissingError:
                yield f"a value of secret {name}"
                continue
            except RefusedError:
                yield "the right to look at secrets (roles/secretmanager.viewer)"
                return
            except UnreachableError as error:
                yield f"an answer of Secret Manager ({error})"
                return
            if version.get("state") != "ENABLED":
                yield f"an enabled version of secret {name}"


def list_indexes(files: Iterable[Path] = (INDEXES, RELEASE_INDEXES)) -> list[str]:
    """The indexes and fields of these files, named as terraform/modules/firestore names them."""
    found = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    indexes = (name_index(each["collectionGroup"], each["fields"]) for one in found for each in one["indexes"])
    fields = (f"{each['collectionGroup']}.{each['fieldPath']}" for one in found for each in one["fieldOverrides"])
    return sorted([*indexes, *fields])


def describe(missing: list[str]) -> str:
    """`["variable A of bot", …]` as a line."""
    more = f" and {len(missing) - NAMED_MAX} more" if len(missing) > NAMED_MAX else ""
    return ", ".join(missing[:NAMED_MAX]) + more
