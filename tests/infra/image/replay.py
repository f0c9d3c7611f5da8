"""Does what a Dockerfile says, without Docker: each stage is a folder, its base image a virtual environment.

    image = replay(parse(text), Ignore(rules), repository, folder, {"COMMIT": "…"})

The folder of a stage stands for its `/`; absolute paths of the image's own folders are moved into it. The virtual
environment stands at `/usr/local`, where the official images have their Python.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.infra.image.context import Ignore
from tests.infra.image.dockerfile import Copy, DockerfileError, Instruction, Stage, read_copy

OWN_PATHS = re.compile(r"(?<![\w./])/(packages|usr/local|app|tmp|etc)(?![\w.-])")
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"
KEPT = ("PIP_", "SSL_CERT_", "HTTP", "http", "NO_PROXY", "no_proxy", "LANG", "PYENV_")
"""Variables of the caller with which pip reaches a package index here."""


class StepError(RuntimeError):
    """A RUN failed; the message ends with what it wrote."""


@dataclass
class Image:
    """A stage that was replayed."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    args: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"
    user: str = "root"
    command: tuple[str, ...] = ()

    def move(self, text: str) -> str:
        """The text with the image's paths in this stage's folder."""
        return OWN_PATHS.sub(rf"{self.root}/\1", text)

    def environment(self) -> dict[str, str]:
        """What a process of the container sees, beside what Cloud Run sets."""
        path = f"{self.root}/usr/local/bin:/usr/bin:/bin"
        return {"PATH": path} | {name: self.move(value) for name, value in self.env.items()}


def replay(stages: tuple[Stage, ...], ignore: Ignore, context: Path, folder: Path, args: dict[str, str]) -> Image:
    """The last stage. Raises DockerfileError and StepError."""
    by_name = {stage.name: stage for stage in stages if stage.name}
    done: dict[str, Image] = {}
    sent = {path.relative_to(context) for path in ignore.list_files(context)}
    for number, stage in enumerate(stages):
        if not stage.instructions:
            continue  # only a name for a base
        if stage.base in by_name and by_name[stage.base].instructions:
            raise DockerfileError(f"a stage on top of one with steps is not replayed: {stage.base}")
        image = make_base(folder / f"stage-{number}")
        for step in stage.instructions:
            take_step(image, step, context, sent, done, args)
        done[stage.name or str(number)] = image
    return image


def make_base(root: Path) -> Image:
    """What stands for the official Python image."""
    command = [find_python(), "-m", "venv", str(root / "usr/local")]
    subprocess.run(command, check=True, env=caller_environment())  # noqa: S603 — our own command
    for package in ("setuptools", "pkg_resources", "_distutils_hack"):  # older Pythons bring them along, images do not
        for path in root.glob(f"usr/local/lib/python3*/site-packages/{package}*"):
            shutil.rmtree(path)
    for path in root.glob("usr/local/lib/python3*/site-packages/distutils-precedence.pth"):
        path.unlink()
    certificates = root / CERTIFICATES
    certificates.parent.mkdir(parents=True)
    certificates.write_text("stands for the base image's own\n", encoding="ascii")
    (root / "tmp").mkdir()
    return Image(root)


def find_python(wanted: str = "python3.13") -> str:
    """The Python the Dockerfile names where it is installed, otherwise the one that runs the tests."""
    found = shutil.which(wanted)
    probe = [str(found), "-c", "import ensurepip, venv"]
    if found is None:
        return sys.executable
    works = subprocess.run(probe, capture_output=True, check=False).returncode == 0  # noqa: S603 — our own command
    return found if works else sys.executable


def caller_environment() -> dict[str, str]:
    """What a step may know of this machine."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(KEPT)}
    return {"PATH": "/usr/bin:/bin", **kept}


def take_step(
    image: Image, step: Instruction, context: Path, sent: set[Path], done: dict[str, Image], args: dict[str, str]
) -> None:
    """One instruction."""
    match step.name:
        case "COPY":
            copy_files(image, read_copy(step), context, sent, done)
        case "RUN":
            run_step(image, step.text)
        case "ENV":
            image.env |= step.pairs
        case "ARG":
            image.args |= {name: args.get(name, default) for name, default in step.pairs.items()}
        case "LABEL":
            image.labels |= {name: fill_in(value, image.args) for name, value in step.pairs.items()}
        case "WORKDIR":
            image.workdir = step.text
            Path(image.move(step.text)).mkdir(parents=True, exist_ok=True)
        case "USER":
            image.user = step.text
        case "CMD":
            image.command = tuple(step.command)


def fill_in(value: str, args: dict[str, str]) -> str:
    """`$NAME` replaced by the build's arguments."""
    return re.sub(r"\$(\w+)", lambda found: args[found[1]], value)


def copy_files(image: Image, copy: Copy, context: Path, sent: set[Path], done: dict[str, Image]) -> None:
    """From an earlier stage, or what was sent of the repository. Raises DockerfileError when nothing matches."""
    for source in copy.sources:
        target = Path(image.move(copy.target))
        if copy.stage:
            shutil.copytree(done[copy.stage].move(source), target, dirs_exist_ok=True, symlinks=True)
            continue
        found = [path for path in sent if path == Path(source) or path.is_relative_to(source)]
        if not found:
            raise DockerfileError(f"COPY {source}: nothing of that name enters the build")
        for path in found:
            place = target / path.relative_to(source) if path != Path(source) else target
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(context / path, place)


def run_step(image: Image, text: str) -> None:
    """One RUN, by the shell."""
    environment = caller_environment() | image.environment()
    command = ["/bin/sh", "-c", image.move(text)]
    done = subprocess.run(  # noqa: S603 — what our Dockerfile says
        command, env=environment, cwd=image.move(image.workdir), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise StepError(f"RUN {text}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
