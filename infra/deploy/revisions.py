"""The templates of revisions: from deployment.json, an image, and the variables of the release. Pure."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from google.cloud.run_v2 import (
    Container,
    ContainerPort,
    EnvVar,
    EnvVarSource,
    HTTPGetAction,
    Probe,
    ResourceRequirements,
    Revision,
    RevisionScaling,
    RevisionTemplate,
    SecretKeySelector,
)

from infra.deploy.cloud_run import template_of
from infra.deploy.deployment import Deployment, Function
from infra.deploy.record import Release, Stage
from infra.functions import QUEUES, ROUTER

PORT = 8080
HEALTH_PATH = "/health"
"""Cloud Run answers /healthz itself."""
STARTUP_SECONDS = 1
STARTUP_FAILURES_MAX = 60
LIVENESS_SECONDS = 30
LIVENESS_FAILURES_MAX = 3
PROBE_SECONDS_MAX = 5
"""A busy instance with one CPU may need more than the default of a second."""
ID_DIGITS = 12
BUNDLE = "nanobanana.dev/signature"
"""The webhook's annotation with the signature of the release's image."""


def make_release(
    deployment: Deployment, digest: str, version: str, commit: str, now: datetime, *, renewed: bool = False
) -> Release:
    """A release of one image with one configuration; equal ones are the same release, unless `renewed`.

    Raises RefusedError for a bad digest.
    """
    facts = f"{deployment.image(digest)} {deployment.fingerprint()}{now.isoformat() if renewed else ''}"
    release_id = hashlib.sha256(facts.encode()).hexdigest()[:ID_DIGITS]
    return Release(release_id, digest, version, commit, now)


def make_template(
    deployment: Deployment, function: Function, release: Release, tag: str = "", bundle: str = ""
) -> RevisionTemplate:
    """The template of a release's revision. Its tasks go to its tag's address, so its work stays with it.

    `tag` replaces the release's tag, for previews. `bundle` is the signature of the image (origin.py).
    """
    tag = tag or release.tag
    own = {
        "APP_VERSION": release.version,
        "IMAGE_DIGEST": release.digest,
        **{
            f"{queue.upper()}_TASK_URL": deployment.functions[queue].tag_url(tag)
            for queue in QUEUES
            if f"{queue.upper()}_URL" in function.env
        },
    }
    release_env = own if function.name != ROUTER else {key: own[key] for key in ("APP_VERSION", "IMAGE_DIGEST")}
    container = Container(
        image=deployment.image(release.digest),
        env=[*_list_env({**function.env, **release_env}), *_list_secrets(function.secrets)],
        ports=[ContainerPort(container_port=PORT)],
        resources=ResourceRequirements(
            limits={"cpu": function.cpu, "memory": function.memory},
            cpu_idle=function.cpu_idle,
            startup_cpu_boost=function.cpu_boost,
        ),
        startup_probe=_probe(STARTUP_SECONDS, 1, STARTUP_FAILURES_MAX),
        liveness_probe=_probe(LIVENESS_SECONDS, PROBE_SECONDS_MAX, LIVENESS_FAILURES_MAX),
    )
    return RevisionTemplate(
        containers=[container],
        service_account=function.service_account,
        timeout=timedelta(seconds=function.timeout_seconds),
        scaling=RevisionScaling(max_instance_count=function.max_instances),  # Terraform sets the minimum (service)
        max_instance_request_concurrency=function.concurrency,
        annotations={BUNDLE: bundle} if bundle and function.name == ROUTER else {},
        labels={"release": release.id, "commit": release.commit[:40].lower()} if release.commit else {},
    )


def candidate_variables(deployment: Deployment, candidate: Release, stage: Stage) -> dict[str, str]:
    """The variables that tell the stable webhook which chats the candidate serves."""
    staff = ",".join(map(str, deployment.staff_chat_ids)) if stage.staff else ""
    return {
        "CANDIDATE_BOT_URL": deployment.functions["bot"].tag_url(candidate.tag),
        "CANDIDATE_PERCENT": str(stage.percent),
        "STAFF_CHAT_IDS": staff,
    }


def name_router(service: str, stable: Release, variables: Mapping[str, str]) -> str:
    """The name of the stable webhook's revision with these variables."""
    digits = hashlib.sha256(json.dumps(dict(variables), sort_keys=True).encode()).hexdigest()[:8]
    return f"{stable.revision(service)}-{digits}"


def make_router(stable: Revision, variables: Mapping[str, str]) -> RevisionTemplate:
    """A copy of the running stable webhook with other variables, so that the routing code does not change."""
    template = template_of(stable)
    container = template.containers[0]
    kept = [each for each in container.env if each.name not in variables]
    container.env = [*kept, *_list_env(variables)]
    return template


def _list_env(variables: Mapping[str, str]) -> list[EnvVar]:
    return [EnvVar(name=name, value=value) for name, value in sorted(variables.items())]


def _list_secrets(secrets: Mapping[str, str]) -> list[EnvVar]:
    return [
        EnvVar(
            name=name,
            value_source=EnvVarSource(secret_key_ref=SecretKeySelector(secret=secret, version="latest")),
        )
        for name, secret in sorted(secrets.items())
    ]


def _probe(period_seconds: int, timeout_seconds: int, failures_max: int) -> Probe:
    return Probe(
        http_get=HTTPGetAction(path=HEALTH_PATH, port=PORT),
        period_seconds=period_seconds,
        timeout_seconds=timeout_seconds,
        failure_threshold=failures_max,
    )
