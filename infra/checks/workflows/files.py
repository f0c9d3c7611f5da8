"""Parsing workflow files into objects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(".github/workflows")


@dataclass(frozen=True)
class Step:
    """One step of a job; `where` is the prefix of findings about it."""

    where: str
    data: Mapping[str, Any]

    @property
    def run(self) -> str:
        return str(self.data.get("run", ""))

    @property
    def uses(self) -> str:
        return str(self.data.get("uses", ""))


@dataclass(frozen=True)
class Job:
    """One job; with `uses` it calls another workflow and has no steps."""

    where: str
    id: str
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.data.get("name", self.id))

    @property
    def uses(self) -> str:
        return str(self.data.get("uses", ""))

    @property
    def needs(self) -> list[str]:
        needs = self.data.get("needs", [])
        return [needs] if isinstance(needs, str) else list(needs)

    @property
    def environment(self) -> str:
        return str(self.data.get("environment", ""))

    def steps(self) -> Iterator[Step]:
        for number, data in enumerate(self.data.get("steps", []), start=1):
            yield Step(f"{self.where}, step {number}", data)


@dataclass(frozen=True)
class Workflow:
    """One file below `.github/workflows`."""

    name: str
    """The file's name without its extension."""
    text: str
    data: Mapping[Any, Any]

    @property
    def events(self) -> Mapping[str, Any]:
        """Event → its filter. YAML 1.1 reads the key `on` as True."""
        found = self.data.get("on", self.data.get(True, {}))
        if isinstance(found, str):
            return {found: {}}
        return {event: {} for event in found} if isinstance(found, list) else {k: v or {} for k, v in found.items()}

    def jobs(self) -> Iterator[Job]:
        for job_id, data in self.data.get("jobs", {}).items():
            yield Job(f"{self.name}: {job_id}", str(job_id), data)

    def steps(self) -> Iterator[tuple[Job, Step]]:
        for job in self.jobs():
            for step in job.steps():
                yield job, step


def read_workflows(root: Path) -> list[Workflow]:
    """Every workflow of a repository. Raises yaml.YAMLError, or TypeError for an invalid one."""
    workflows = []
    for path in sorted((root / FOLDER).glob("*.y*ml")):
        text = path.read_text(encoding="utf-8")
        data = yaml.safe_load(text)
        if not isinstance(data, dict) or not isinstance(data.get("jobs"), dict):
            raise TypeError(f"{path.name}: no jobs")
        workflows.append(Workflow(path.stem, text, data))
    return workflows


def read_actions(root: Path) -> dict[str, str]:
    """The text of our own actions, by folder name."""
    paths = sorted((root / ".github/actions").glob("*/action.yml"))
    return {path.parent.name: path.read_text(encoding="utf-8") for path in paths}
