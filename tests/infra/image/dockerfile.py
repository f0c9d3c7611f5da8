"""Reads the instructions our Dockerfile uses, and refuses every other: what is not understood is not replayed.

https://docs.docker.com/reference/dockerfile/
"""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

ONE_VALUE = {"RUN", "WORKDIR", "USER", "CMD"}
PAIRS = {"ENV", "ARG", "LABEL"}


class DockerfileError(ValueError):
    """A line that this reader does not know."""


@dataclass(frozen=True)
class Instruction:
    """One instruction, with its lines joined and its comments gone."""

    name: str
    text: str

    @property
    def pairs(self) -> dict[str, str]:
        """Of ENV, ARG and LABEL: name → value, quotes removed."""
        return dict(word.split("=", 1) for word in shlex.split(self.text))

    @property
    def command(self) -> list[str]:
        """Of CMD, which must be a list."""
        found = json.loads(self.text)
        return [str(word) for word in found]


@dataclass(frozen=True)
class Copy:
    """A COPY: from a stage, or from the build context where `stage` is empty."""

    stage: str
    sources: tuple[str, ...]
    target: str


@dataclass(frozen=True)
class Stage:
    """From one FROM to the next."""

    base: str
    name: str
    instructions: tuple[Instruction, ...]

    def find(self, name: str) -> list[Instruction]:
        return [each for each in self.instructions if each.name == name]


def parse(text: str) -> tuple[Stage, ...]:
    """The stages in their order. Raises DockerfileError."""
    stages: list[tuple[str, str, list[Instruction]]] = []
    for line in _join_lines(text):
        name, _, rest = line.partition(" ")
        if name == "FROM":
            base, label = _read_from(rest)
            stages.append((base, label, []))
        elif not stages:
            raise DockerfileError(f"before the first FROM: {line}")
        else:
            stages[-1][2].append(_read(name, rest.strip()))
    return tuple(Stage(base, label, tuple(found)) for base, label, found in stages)


def read_copy(instruction: Instruction) -> Copy:
    """What a COPY copies. Raises DockerfileError for flags other than --from."""
    words = instruction.text.split()
    flags = [word for word in words if word.startswith("--")]
    paths = [word for word in words if not word.startswith("--")]
    if any(not flag.startswith("--from=") for flag in flags) or len(paths) < 2:
        raise DockerfileError(f"COPY {instruction.text}")
    stage = flags[0].removeprefix("--from=") if flags else ""
    return Copy(stage, tuple(paths[:-1]), paths[-1])


def _join_lines(text: str) -> Iterator[str]:
    kept = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(kept))
    yield from (re.sub(r"\s+", " ", line).strip() for line in joined.splitlines() if line.strip())


def _read_from(rest: str) -> tuple[str, str]:
    words = rest.split()
    if len(words) == 1:
        return words[0], ""
    if len(words) == 3 and words[1].upper() == "AS":
        return words[0], words[2]
    raise DockerfileError(f"FROM {rest}")


def _read(name: str, rest: str) -> Instruction:
    instruction = Instruction(name, rest)
    if name == "COPY":
        read_copy(instruction)
    elif name in PAIRS:
        if any("=" not in word for word in shlex.split(rest)):
            raise DockerfileError(f"{name} {rest}")
    elif name not in ONE_VALUE:
        raise DockerfileError(f"an instruction that is not known here: {name}")
    elif name == "RUN" and rest.startswith(("--", "[", "<<")):
        raise DockerfileError(f"RUN {rest}")
    elif name == "CMD" and not rest.startswith("["):
        raise DockerfileError("CMD must be a list: through a shell no signal reaches the server")
    return instruction
