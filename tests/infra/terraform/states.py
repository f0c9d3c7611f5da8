"""Breaking one thing in an environment that Terraform made, to see whether a rule notices."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from infra.checks.cloud.state import Cloud


class Draft:
    """A copy of an applied state that may be changed."""

    def __init__(self, environment: str, shown: dict[str, Any]) -> None:
        self.environment = environment
        self.shown = deepcopy(shown)

    @property
    def cloud(self) -> Cloud:
        return Cloud.read(self.environment, self.shown)

    def pick(self, kind: str, **values: Any) -> dict[str, Any]:
        """The values of the first resource of a kind that has these."""
        for module in _walk(self.shown["values"]["root_module"]):
            for each in module.get("resources", []):
                if each["type"] == kind and values.items() <= each["values"].items():
                    found: dict[str, Any] = each["values"]
                    return found
        raise LookupError(f"no {kind} with {values}")

    def add(self, kind: str, **values: Any) -> None:
        """One more resource."""
        resource = {"address": f"{kind}.added", "mode": "managed", "type": kind, "values": values}
        self.shown["values"]["root_module"].setdefault("resources", []).append(resource)

    def remove(self, kind: str, **values: Any) -> None:
        """Without the first resource of a kind that has these."""
        gone = self.pick(kind, **values)
        for module in _walk(self.shown["values"]["root_module"]):
            module["resources"] = [each for each in module.get("resources", []) if each["values"] is not gone]

    @property
    def deployment(self) -> dict[str, Any]:
        found: dict[str, Any] = self.shown["values"]["outputs"]["deployment"]["value"]
        return found

    def function(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.deployment["functions"][name]
        return found

    def template(self, name: str) -> dict[str, Any]:
        """Of a function's service."""
        found: dict[str, Any] = self.pick("google_cloud_run_v2_service", name=name)["template"][0]
        return found

    def container(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.template(name)["containers"][0]
        return found


def _walk(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield module
    for child in module.get("child_modules", []):
        yield from _walk(child)
