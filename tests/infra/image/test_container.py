"""The image as Docker builds and runs it on the pinned base, which the replay next door cannot show.

It runs where WITH_DOCKER is set: the workflow test-image sets it for each pull request that changes the image, such as
Dependabot's of the base. So a new base is proven before anybody merges it.
"""

import re
import subprocess

import pytest

from infra.functions import FUNCTIONS
from infra.local.options import Options
from infra.local.parts import list_settings
from tests.infra.image.conftest import ROOT
from tests.infra.image.test_replay import fetch

TAG = "nanobanana:try"
DOCKERFILE = ROOT / "infra/image/Dockerfile"
BUILD = ("build", "--platform=linux/amd64", "--pull", f"--file={DOCKERFILE}", f"--tag={TAG}", str(ROOT))
pytestmark = pytest.mark.timeout(900)  # the first test waits for the base and for all packages


def docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


@pytest.fixture(scope="module")
def tag() -> str:
    """The built image."""
    docker(*BUILD)
    return TAG


@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_function_runs_as_in_the_cloud(tag: str, function: str) -> None:
    """With only /tmp to write to it answers its probe, and SIGTERM ends it without a complaint."""
    settings = list_settings(Options(), function)
    settings |= {"FUNCTION_TARGET": function, "FUNCTION_SOURCE": f"functions/{function}/main.py", "PORT": "8080"}
    given = [f"--env={name}={value}" for name, value in settings.items()]
    container = docker("run", "--detach", "--read-only", "--tmpfs=/tmp", "--publish=127.0.0.1::8080", *given, tag)
    try:
        address = docker("port", container, "8080/tcp").splitlines()[0]
        assert fetch(f"http://{address}/health") == {"status": "ok", "function": function}
        docker("stop", "-t", "10", container)
        assert docker("inspect", "--format={{.State.ExitCode}}", container) == "0"
    finally:
        docker("rm", "--force", container)


def test_the_base_is_the_one_that_is_named(tag: str) -> None:
    """The Python of the image is the version that the Dockerfile's base has in its name, and nobody's but its own."""
    named = re.search(r"^FROM python:([0-9.]+)-", DOCKERFILE.read_text(encoding="utf-8"), re.MULTILINE)
    assert named
    assert docker("run", "--rm", tag, "python", "--version") == f"Python {named[1]}"
    assert docker("run", "--rm", tag, "python", "-c", "import os; print(os.getuid())") == "65532"
