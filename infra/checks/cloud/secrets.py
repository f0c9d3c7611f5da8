"""Checking that secrets are in Secret Manager and their values never in Terraform's state or code."""

import json
import re
from collections.abc import Iterator
from typing import Any

from infra.checks.cloud.state import Cloud

VALUE_TYPES = (
    "google_secret_manager_secret_version",
    "google_service_account_key",
    "google_apikeys_key",
    "random_password",
    "tls_private_key",
)
"""Resource types whose value would be readable in the state."""
SECRET_NAME = re.compile(r"(^|_)(TOKEN|SECRET|PASSWORD|API_?KEY|FAL_KEY|PRIVATE_KEY)$")
SECRET_SHAPES = {
    "a Telegram bot token": re.compile(r"\b[0-9]{6,18}:[A-Za-z0-9_-]{30,}"),
    "a Google key": re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b|\bya29\.[0-9A-Za-z_-]{30,}|\bGOCSPX-[0-9A-Za-z_-]{28}\b"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a GitHub token": re.compile(r"\bgh[pousr]_[0-9A-Za-z]{36}\b|\bgithub_pat_[0-9A-Za-z_]{22,}"),
}


def find_secret_values(cloud: Cloud) -> Iterator[str]:
    """One line per resource that would store a value, variable named like a secret, or text shaped like one."""
    for resource in cloud.of(*VALUE_TYPES):
        yield f"{resource.address}: its value would be readable in the state"
    for name, variable in _list_plain_variables(cloud):
        if SECRET_NAME.search(variable):
            yield f"{name}: {variable} is a plain variable; a secret comes from Secret Manager"
    for address, text in _list_texts(cloud):
        yield from (f"{address}: holds {what}" for what, shape in SECRET_SHAPES.items() if shape.search(text))


def _list_plain_variables(cloud: Cloud) -> Iterator[tuple[str, str]]:
    for name, function in cloud.functions.items():
        yield from ((f"deployment of {name}", variable) for variable in function["env"])
    for name, service in cloud.services.items():
        for container in service.blocks("template", "containers"):
            for variable in container.get("env") or []:
                if not variable.get("value_source"):
                    yield f"service {name}", variable["name"]


def _list_texts(cloud: Cloud) -> Iterator[tuple[str, str]]:
    yield from ((resource.address, _dump(resource.values)) for resource in cloud.resources)
    yield from ((f"output {name}", _dump(value)) for name, value in cloud.outputs.items())


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
