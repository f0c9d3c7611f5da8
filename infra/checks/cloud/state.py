"""Parsing `terraform show -json` into plain resources for the rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self


class StateError(ValueError):
    """The JSON does not describe one of our environments."""


@dataclass(frozen=True)
class Resource:
    """One managed resource."""

    address: str
    type: str
    values: Mapping[str, Any]

    def block(self, *path: str) -> Mapping[str, Any]:
        """The first nested block at this path, such as `block("template", "scaling")`; empty if one is missing."""
        found: Mapping[str, Any] = self.values
        for name in path:
            inner = found.get(name)
            found = inner[0] if isinstance(inner, list) and inner else inner if isinstance(inner, Mapping) else {}
        return found

    def blocks(self, *path: str) -> list[Mapping[str, Any]]:
        """All the blocks at the end of a path."""
        *outer, last = path
        found: list[Mapping[str, Any]] = self.block(*outer).get(last) or []
        return found


@dataclass(frozen=True)
class Cloud:
    """An environment as Terraform created or plans it."""

    environment: str
    resources: tuple[Resource, ...]
    outputs: Mapping[str, Any]

    @classmethod
    def read(cls, environment: str, shown: Mapping[str, Any]) -> Self:
        """From the JSON of an applied state or of a saved plan. Raises StateError for anything else."""
        values = shown.get("values") or shown.get("planned_values")
        if not values:
            raise StateError("neither a state with resources nor a plan")
        outputs = {name: output.get("value") for name, output in values.get("outputs", {}).items()}
        if not outputs.get("deployment", {}).get("functions"):
            raise StateError("no output “deployment” with functions")
        return cls(environment, tuple(walk_resources(values["root_module"])), outputs)

    def of(self, *kinds: str) -> list[Resource]:
        """The resources of these types."""
        return [resource for resource in self.resources if resource.type in kinds]

    @property
    def deployment(self) -> Mapping[str, Any]:
        """Terraform's output for the deployer; see `infra/deploy/deployment.py`."""
        found: Mapping[str, Any] = self.outputs["deployment"]
        return found

    @property
    def functions(self) -> Mapping[str, Mapping[str, Any]]:
        """The deployment's functions by name."""
        found: Mapping[str, Mapping[str, Any]] = self.deployment["functions"]
        return found

    @property
    def services(self) -> Mapping[str, Resource]:
        """The Cloud Run services by name."""
        return {each.values["name"]: each for each in self.of("google_cloud_run_v2_service")}


def walk_resources(module: Mapping[str, Any]) -> Iterator[Resource]:
    """The managed resources of a module and its submodules."""
    for each in module.get("resources", []):
        if each["mode"] == "managed":
            yield Resource(each["address"], each["type"], each["values"])
    for child in module.get("child_modules", []):
        yield from walk_resources(child)
