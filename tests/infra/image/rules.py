"""What an image of ours must be, as far as its Dockerfile says."""

import re
from collections.abc import Iterator

from tests.infra.image.dockerfile import Stage, read_copy

PINNED = re.compile(r"python:3\.\d+\.\d+-slim-[a-z]+@sha256:[0-9a-f]{64}")
SECRET = re.compile(r"TOKEN|SECRET|PASSWORD|CREDENTIAL|API_?KEY", re.IGNORECASE)
INSTALL_FLAGS = ("--require-hashes", "--no-deps", "--only-binary=:all:", "--requirement=/tmp/requirements.txt")


def list_faults(stages: tuple[Stage, ...]) -> list[str]:
    """One sentence per rule that is broken."""
    return [*_check_bases(stages), *_check_steps(stages), *_check_final(stages[-1])]


def _check_bases(stages: tuple[Stage, ...]) -> Iterator[str]:
    names = {stage.name for stage in stages} - {""}
    outside = [stage.base for stage in stages if stage.base not in names]
    if len(outside) != 1:
        yield f"one base image for all stages, not {len(outside)}"
    for base in outside:
        if not PINNED.fullmatch(base):
            yield f"not a whole Python version pinned by digest: {base}"


def _check_steps(stages: tuple[Stage, ...]) -> Iterator[str]:
    for stage in stages:
        for step in stage.instructions:
            if step.name == "COPY" and {".", "./", "/"} & set(read_copy(step).sources):
                yield f"the whole context is copied: COPY {step.text}"
            if step.name in {"ENV", "ARG", "LABEL"}:
                yield from (f"a secret in the image: {name}" for name in step.pairs if SECRET.search(name))
            if step.name == "RUN" and re.search(r"\bpip install\b", step.text):
                yield from (f"pip without {flag}" for flag in INSTALL_FLAGS if flag not in step.text)


def _check_final(stage: Stage) -> Iterator[str]:
    env = {name: value for step in stage.find("ENV") for name, value in step.pairs.items()}
    users = stage.find("USER")
    if not users or not re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1].text):
        yield "the container must run as a numbered user other than root"
    if "PYTHONDONTWRITEBYTECODE" in env:
        yield "PYTHONDONTWRITEBYTECODE is set"
    if env.get("PYTHONPATH") != "/app":
        yield "PYTHONPATH is not /app"
    if not any("compileall" in step.text and "unchecked-hash" in step.text for step in stage.find("RUN")):
        yield "no bytecode is compiled"
    if len(stage.find("CMD")) != 1:
        yield "there must be one CMD"
    labels = {value for step in stage.find("LABEL") for value in step.pairs.values()}
    yield from (f"no label carries {name}" for name in ("COMMIT", "TREE", "VERSION") if f"${name}" not in labels)
