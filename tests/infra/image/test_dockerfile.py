"""The Dockerfile as a text: what it must say, and that the checks notice when it does not."""

from pathlib import Path

import pytest

from tests.infra.image.context import Ignore
from tests.infra.image.dockerfile import DockerfileError, Stage, parse
from tests.infra.image.rules import list_faults

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "infra/image/Dockerfile").read_text(encoding="utf-8")
IGNORE = Ignore((ROOT / "infra/image/Dockerfile.dockerignore").read_text(encoding="utf-8"))
BASE = next(line for line in TEXT.splitlines() if line.startswith("FROM python")).split()[1]


def change(old: str, new: str) -> tuple[Stage, ...]:
    """The Dockerfile with one thing spoiled."""
    assert old in TEXT
    return parse(TEXT.replace(old, new))


def test_dockerfile_keeps_the_rules() -> None:
    """The Dockerfile of the repository breaks no rule."""
    assert list_faults(parse(TEXT)) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (BASE, BASE.split("@")[0], "pinned by digest"),
        (BASE, BASE.replace("3.13.16", "3.13"), "whole Python version"),
        ("FROM base AS packages", "FROM debian:trixie AS packages", "one base image"),
        ("USER 65532:65532", "USER root", "other than root"),
        ("USER 65532:65532", "USER 0:0", "other than root"),
        ("USER 65532:65532\n", "", "other than root"),
        ("--require-hashes ", "", "pip without --require-hashes"),
        ("--no-deps ", "", "pip without --no-deps"),
        ("--requirement=/tmp/requirements.txt", "--requirement=/tmp/requirements-dev.txt", "pip without --requirement"),
        ("COPY functions /app/functions", "COPY . /app", "whole context"),
        ("PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1", "PYTHONDONTWRITEBYTECODE"),
        ("PYTHONPATH=/app ", "PYTHONPATH=/srv ", "PYTHONPATH"),
        ("HOME=/tmp", "HOME=/tmp TELEGRAM_BOT_TOKEN=x", "a secret in the image"),
        ("ARG TREE=unknown", "ARG GEMINI_API_KEY=x", "a secret in the image"),
        ("unchecked-hash", "timestamp", "no bytecode"),
        ("dev.nanobanana.tree=$TREE", "dev.nanobanana.tree=none", "no label carries TREE"),
    ],
)
def test_a_spoiled_dockerfile_is_noticed(old: str, new: str, fault: str) -> None:
    """Each rule finds the Dockerfile that breaks it."""
    assert [each for each in list_faults(change(old, new)) if fault in each]


@pytest.mark.parametrize(
    "line",
    [
        "ADD https://example.com/x /x",
        "ONBUILD RUN true",
        "HEALTHCHECK CMD true",
        'SHELL ["/bin/bash", "-c"]',
        "RUN --mount=type=secret,id=x cat /run/secrets/x",
        "RUN <<END",
        "COPY --chown=1:1 shared /app/shared",
        "COPY shared",
        "CMD python -m functions_framework",
        "ENV PATH /bin",
        "FROM base AS packages extra",
    ],
)
def test_what_is_not_understood_is_refused(line: str) -> None:
    """The reader skips no instruction and no flag it does not know."""
    with pytest.raises(DockerfileError):
        parse(f"{TEXT}\n{line}\n")


def test_lines_are_joined_and_comments_left_out() -> None:
    """A continued instruction is one, with the comment lines between its parts gone."""
    (stage,) = parse("FROM a AS b\nENV X=1 \\\n# why\n    Y='two words'\n")
    assert (stage.base, stage.name) == ("a", "b")
    assert stage.instructions[0].pairs == {"X": "1", "Y": "two words"}


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        ".git/config",
        ".venv/bin/python",
        "key.json",
        "requirements-dev.txt",
        "terraform/environments/production/terraform.tfstate",
        "tests/conftest.py",
        "infra/telegram.py",
        "docs/deploy.md",
        "functions/webhook/notes.md",
        "functions/webhook/__pycache__/main.cpython-313.pyc",
        "shared/.env",
        "shared/__pycache__/logs.cpython-313.pyc",
        "shared/domain/__pycache__/jobs.cpython-313.pyc",
    ],
)
def test_what_must_not_enter_the_build_does_not(path: str) -> None:
    """Secrets, state, tests, tools and left-over bytecode are never sent to the builder."""
    assert not IGNORE.lets_in(path)


@pytest.mark.parametrize(
    "path", ["requirements.txt", "functions/webhook/main.py", "shared/logs.py", "shared/texts/ru.ftl"]
)
def test_what_the_image_needs_enters_the_build(path: str) -> None:
    """The lock, the functions, the code and its texts do."""
    assert IGNORE.lets_in(path)


def test_the_last_pattern_decides() -> None:
    """A later pattern takes back what an earlier one let in, and `*` stays within a folder."""
    ignore = Ignore("*\n!a/*/x\n# no pattern\na/c/x\n")
    assert ignore.lets_in("a/b/x")
    assert not ignore.lets_in("a/c/x")
    assert not ignore.lets_in("a/b/c/x")
