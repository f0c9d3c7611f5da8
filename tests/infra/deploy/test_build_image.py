"""build-image: once for the same files, by whoever comes first, and known by what the registry says."""

import argparse
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.deploy.__main__ import main
from infra.deploy.context import Context
from infra.deploy.errors import RefusedError
from infra.deploy.registry import Repository
from infra.deploy.verbs.build_image import find_repository
from tests.cloud.artifact_registry import ArtifactRegistry

ROOT = Path(__file__).parents[3]
REGISTRY = "europe-west1-docker.pkg.dev/nanobanana-test/nanobanana"
DIGEST = f"sha256:{'1' * 64}"
OTHER = f"sha256:{'2' * 64}"
# Stands for docker: remembers how it was called, and pushes to the registry of the test.
DOCKER = """#!{python}
import json, os, pathlib, sys, urllib.request
facts = pathlib.Path(os.environ["FAKE_DOCKER"])
given = sys.stdin.read() if "login" in sys.argv else ""
with (facts / "calls").open("a") as file:
    print(json.dumps([sys.argv[1:], given]), file=file)
if "login" in sys.argv:
    sys.exit(0)
if (facts / "fails").exists():
    sys.exit(1)
options = dict(word.partition("=")[::2] for word in sys.argv if word.startswith("--"))
url = os.environ["ARTIFACT_REGISTRY_API_URL"] + "/push/" + options["--tag"].rpartition(":")[2]
for name in ("rival", "digest"):
    if (facts / name).exists():
        data = (facts / name).read_bytes()
        urllib.request.urlopen(urllib.request.Request(url, data, method="PUT")).close()
pathlib.Path(options["--metadata-file"]).write_text(json.dumps({{"containerimage.digest": data.decode()}}))
"""


@pytest.fixture
def registry() -> Iterator[ArtifactRegistry]:
    with ArtifactRegistry("projects/nanobanana-test/locations/europe-west1/repositories/nanobanana") as running:
        yield running


class Builder:
    """A checkout with one commit, a docker that is none, and the verb."""

    def __init__(self, folder: Path, registry: ArtifactRegistry) -> None:
        self.folder = folder / "checkout"
        self.facts = folder / "facts"
        self.lines: list[str] = []
        self._output = folder / "output"
        for path in (self.folder, self.facts, folder / "bin"):
            path.mkdir()
        docker = folder / "bin/docker"
        docker.write_text(DOCKER.format(python=sys.executable))
        docker.chmod(docker.stat().st_mode | stat.S_IXUSR)
        (self.facts / "digest").write_text(DIGEST)
        (self.folder / "shared").mkdir()
        (self.folder / "shared/code.py").write_text("print('one')\n")
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit("one")
        self.environment = {
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
            "ARTIFACT_REGISTRY_API_URL": registry.url,
            "GITHUB_OUTPUT": str(self._output),
            "FAKE_DOCKER": str(self.facts),
        }

    def git(self, *arguments: str) -> str:
        who = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
        command = ["git", *who, *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=True)  # noqa: S603
        return done.stdout.strip()

    def commit(self, words: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", f"--message={words}")

    @property
    def tag(self) -> str:
        return f"tree-{self.git('rev-parse', 'HEAD^{tree}')}"

    def build(self, *arguments: str, dry_run: bool = False) -> int:
        self._output.unlink(missing_ok=True)
        context = Context(self.environment, dry_run=dry_run, say=self.lines.append)
        given = ["--environment=staging", f"--registry={REGISTRY}", f"--folder={self.folder}", *arguments]
        return main(["build-image", *given], context)

    @property
    def outputs(self) -> dict[str, str]:
        text = self._output.read_text() if self._output.exists() else ""
        return dict(line.split("=", 1) for line in text.splitlines())

    @property
    def calls(self) -> list[Any]:
        path = self.facts / "calls"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    @property
    def builds(self) -> list[list[str]]:
        return [words for words, _ in self.calls if words[0] == "buildx"]


@pytest.fixture
def builder(tmp_path: Path, registry: ArtifactRegistry) -> Builder:
    return Builder(tmp_path, registry)


def test_a_new_tree_is_built_and_pushed(builder: Builder, registry: ArtifactRegistry) -> None:
    """Docker is told commit, tree and version; the digest goes to the workflow's outputs."""
    assert builder.build() == 0
    (words,) = builder.builds
    commit, tree = builder.git("rev-parse", "HEAD"), builder.git("rev-parse", "HEAD^{tree}")
    assert {f"--build-arg=COMMIT={commit}", f"--build-arg=TREE={tree}"} < set(words)
    assert f"--build-arg=VERSION={commit[:7]}" in [word[: len("--build-arg=VERSION=") + 7] for word in words]
    assert f"--tag={REGISTRY}/nanobanana:tree-{tree}" in words
    assert {"--platform=linux/amd64", "--provenance=false"} < set(words)
    assert registry.tags == {f"tree-{tree}": DIGEST}
    assert builder.outputs["digest"] == DIGEST
    assert builder.outputs["image"] == f"{REGISTRY}/nanobanana@{DIGEST}"
    assert (builder.outputs["commit"], builder.outputs["tree"]) == (commit, tree)


def test_a_build_says_nothing_of_its_own_time(builder: Builder) -> None:
    """All times are the commit's, so that a second build of it can be compared."""
    assert builder.build() == 0
    (words,) = builder.builds
    committed = builder.git("show", "--no-patch", "--format=%ct", "HEAD")
    assert f"--build-arg=SOURCE_DATE_EPOCH={committed}" in words
    (output,) = (word for word in words if word.startswith(("--output", "--push")))
    assert {"type=registry", "rewrite-timestamp=true"} <= set(output.removeprefix("--output=").split(","))


def test_the_same_files_are_not_built_again(builder: Builder) -> None:
    """Another commit with the same files takes the image that is there, without docker."""
    assert builder.build() == 0
    builder.commit("nothing changed")
    before = builder.calls
    assert builder.build() == 0
    assert builder.calls == before
    assert builder.outputs["digest"] == DIGEST
    assert builder.outputs["commit"] == builder.git("rev-parse", "HEAD")


def test_other_files_are_another_image(builder: Builder, registry: ArtifactRegistry) -> None:
    """A changed file is built anew under its own tag."""
    assert builder.build() == 0
    (builder.folder / "shared/code.py").write_text("print('two')\n")
    builder.commit("two")
    (builder.facts / "digest").write_text(OTHER)
    assert builder.build() == 0
    assert builder.outputs["digest"] == OTHER
    assert sorted(registry.tags.values()) == [DIGEST, OTHER]


def test_what_is_not_committed_is_refused(
    builder: Builder, registry: ArtifactRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    """An image whose files are not those of its tree would be released as something it is not."""
    (builder.folder / "shared/extra.py").write_text("")
    assert builder.build() == 1
    assert "not committed: shared/extra.py" in capsys.readouterr().err
    assert registry.tags == {}


def test_what_does_not_enter_the_image_does_not_matter(builder: Builder) -> None:
    """A workflow leaves its credentials beside the checkout's files; the image never sees them."""
    (builder.folder / "gha-creds-0123.json").write_text("{}")
    assert builder.build() == 0


def test_only_find_never_builds(builder: Builder, capsys: pytest.CaptureFixture[str]) -> None:
    """With --only-find an image that is not there is an error, and one that is there is the answer."""
    assert builder.build("--only-find") == 1
    assert "no image was ever built" in capsys.readouterr().err
    assert builder.calls == []
    assert builder.build() == 0
    assert builder.outputs["built"] == "true"
    assert builder.build("--only-find") == 0
    assert (builder.outputs["digest"], builder.outputs["built"]) == (DIGEST, "false")


def test_what_may_be_released_is_kept(builder: Builder, registry: ArtifactRegistry) -> None:
    """With --keep the image gets, once, a tag that the registry's clean-up spares."""
    assert builder.build() == 0
    assert set(registry.tags) == {builder.tag}
    for _ in range(2):
        assert builder.build("--only-find", "--keep") == 0
        assert registry.tags == {builder.tag: DIGEST, "r-111111111111": DIGEST}
    policies = (ROOT / "terraform/modules/registry/main.tf").read_text()
    assert '"r-"' in policies[policies.index('action = "KEEP"') : policies.index("keep-newest")]


def test_the_environments_own_registry_is_the_default() -> None:
    """Without --registry the image goes where Terraform makes the environment's repository."""
    output = (ROOT / "terraform/modules/registry/outputs.tf").read_text()
    assert "${var.region}-docker.pkg.dev/${var.project}/${google_artifact_registry_repository" in output
    assert 'repository_id = "nanobanana"' in (ROOT / "terraform/modules/registry/main.tf").read_text()
    args = argparse.Namespace(registry=None, environment="staging", project="some-project", region="europe-west4")
    found = find_repository(args, Context({}))
    assert found.image == "europe-west4-docker.pkg.dev/some-project/nanobanana/nanobanana"


def test_the_quicker_one_wins(builder: Builder) -> None:
    """Two builders of the same files at once: the tag does not move, and both get the first one's digest."""
    (builder.facts / "rival").write_text(OTHER)
    assert builder.build() == 0
    assert builder.outputs["digest"] == OTHER
    assert "somebody else" in " ".join(builder.lines)


def test_a_failed_build_is_no_image(builder: Builder, capsys: pytest.CaptureFixture[str]) -> None:
    """When docker fails nothing is put out."""
    (builder.facts / "fails").touch()
    assert builder.build() == 1
    assert "docker buildx build ended with 1" in capsys.readouterr().err
    assert builder.outputs == {}


def test_only_what_the_registry_has_counts(
    builder: Builder, registry: ArtifactRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    """A push that docker believes in and the registry does not know is a failure."""
    registry.loses_pushes = True
    assert builder.build() == 1
    assert "not there" in capsys.readouterr().err
    assert builder.outputs == {}


def test_an_unreachable_registry_builds_nothing(builder: Builder, registry: ArtifactRegistry) -> None:
    """Not knowing whether the image is there is no reason to build it."""
    registry.faults.fail(1, 503)
    assert builder.build() == 1
    assert builder.calls == []


def test_dry_run_builds_nothing(builder: Builder) -> None:
    """Under --dry-run docker is not called, and its command is said."""
    assert builder.build("--dry-run", dry_run=True) == 0
    assert builder.calls == []
    assert any(line.startswith("would run docker buildx build") for line in builder.lines)
    assert builder.outputs == {}


def test_the_token_goes_through_a_pipe(builder: Builder) -> None:
    """Docker's password is read from its input: arguments can be seen by everybody on a machine."""
    assert builder.build() == 0
    words, given = builder.calls[0]
    assert words == ["login", "--username=oauth2accesstoken", "--password-stdin", "https://europe-west1-docker.pkg.dev"]
    assert given == "local"
    assert all("local" not in word for call, _ in builder.calls for word in call if not word.startswith("/"))


def test_without_docker_it_is_said(builder: Builder, capsys: pytest.CaptureFixture[str]) -> None:
    """A machine without docker is told what to install."""
    (builder.folder.parent / "bin/docker").unlink()
    git = builder.folder.parent / "bin/git"
    git.symlink_to(subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip())  # noqa: S607
    builder.environment["PATH"] = str(builder.folder.parent / "bin")
    assert builder.build() == 1
    assert "install Docker" in capsys.readouterr().err


@pytest.mark.parametrize("path", ["docker.io/library/python", "europe-west1-docker.pkg.dev/p", "x; rm -rf /"])
def test_only_artifact_registry_is_known(path: str) -> None:
    """Anything else than a repository of Artifact Registry is refused."""
    with pytest.raises(RefusedError):
        Repository.parse(path)
