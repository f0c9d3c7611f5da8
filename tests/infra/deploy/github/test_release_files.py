"""A release's files are signed, published as a whole, and checked: write-release, tag-release, check-release."""

import hashlib
import json
from pathlib import Path

import pytest

from infra.deploy.environments import ROOT
from infra.deploy.release_files import IMAGE, NOTES, PROVENANCE, SBOM, SIGNATURE, SIGNED, WORKFLOW
from tests.cloud.sigstore import Built, Sigstore
from tests.infra.deploy.github.conftest import Desk
from tests.infra.deploy.github.test_check_release_tree import DIGEST, release

VERSION = "v2026.1.2.1"
OTHER = f"sha256:{'e' * 64}"


@pytest.fixture(scope="module")
def sigstore() -> Sigstore:
    return Sigstore()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "release"


@pytest.fixture
def commit(guarded: Desk, sigstore: Sigstore, folder: Path, tmp_path: Path) -> str:
    """A released commit whose image was signed by its build, and the files of write-release."""
    guarded.signing_keys = sigstore.write_keys(tmp_path / "keys.json")
    released = release(guarded)
    bundle = sigstore.sign(DIGEST, Built(commit=released))
    guarded.github.page_size_max = 2
    guarded.github.state.attestations[DIGEST] = [*[{"no": "bundle"}] * 5, json.loads(bundle)]
    assert write(guarded, released, folder) == 0
    return released


def write(desk: Desk, commit: str, folder: Path, *more: str) -> int:
    named = ("--digest", DIGEST, "--version", VERSION, "--commit", commit)
    return desk.run("write-release", *named, "--checkout", str(ROOT), "--folder", str(folder), *more)


def sign(sigstore: Sigstore, folder: Path, built: Built) -> Path:
    """What actions/attest leaves in the job."""
    digests = {name: f"sha256:{hashlib.sha256((folder / name).read_bytes()).hexdigest()}" for name in SIGNED}
    path = folder.with_name("attestation.json")
    path.write_text(sigstore.sign_all(digests, built))
    return path


def signed_by_production(commit: str) -> Built:
    return Built(commit=commit, ref="refs/heads/main", workflow=WORKFLOW)


def tag(desk: Desk, commit: str, folder: Path, signature: Path, digest: str = DIGEST) -> int:
    named = ("--digest", digest, "--version", VERSION, "--commit", commit)
    return desk.run("tag-release", *named, "--files", str(folder), "--signature", str(signature))


def test_a_release_has_all_its_files(guarded: Desk, sigstore: Sigstore, commit: str, folder: Path) -> None:
    """Notes, image, provenance and list of packages, under one signature that a later check verifies."""
    assert tag(guarded, commit, folder, sign(sigstore, folder, signed_by_production(commit))) == 0
    shown = guarded.github.state.releases[VERSION]
    assert [each["name"] for each in shown["assets"]] == [*SIGNED, SIGNATURE]
    assert shown["body"] == (folder / NOTES).read_text()
    assert json.loads((folder / SBOM).read_text())["metadata"]["component"]["version"] == DIGEST
    assert guarded.github.state.drafts == {}
    assert guarded.run("check-release", "--version", VERSION) == 0
    assert f"its image is {DIGEST}, and build-release built it" in guarded.words


@pytest.mark.parametrize(
    "built",
    [
        Built(commit="c" * 40, ref="refs/heads/main"),
        Built(ref="refs/heads/feature/voice", workflow=WORKFLOW),
        Built(ref="refs/heads/main", workflow=WORKFLOW, repository_id="5"),
    ],
    ids=["another workflow", "another branch", "another repository"],
)
def test_what_others_have_signed_is_not_published(
    guarded: Desk, sigstore: Sigstore, commit: str, folder: Path, built: Built
) -> None:
    """Only deployments of production sign releases; nothing is tagged either."""
    assert tag(guarded, commit, folder, sign(sigstore, folder, built)) == 1
    assert guarded.github.state.releases == {}
    assert "tags/v2026.1.2.1" not in guarded.github.state.git.refs


@pytest.mark.parametrize("name", SIGNED)
def test_a_changed_file_is_noticed(
    guarded: Desk, sigstore: Sigstore, commit: str, folder: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before it is published, and afterwards by whoever checks the release."""
    signature = sign(sigstore, folder, signed_by_production(commit))
    good = (folder / name).read_bytes()
    (folder / name).write_bytes(good + b" ")
    assert tag(guarded, commit, folder, signature) == 1
    (folder / name).write_bytes(good)
    assert tag(guarded, commit, folder, signature) == 0
    (asset,) = (each for each in guarded.github.state.releases[VERSION]["assets"] if each["name"] == name)
    guarded.github.state.files[asset["id"]] += b" "
    assert guarded.run("check-release", "--version", VERSION) == 1
    assert "what was signed is not the provenance" in capsys.readouterr().err


def test_files_of_two_releases_do_not_mix(guarded: Desk, sigstore: Sigstore, commit: str, folder: Path) -> None:
    """Signed files about another image than the one in production are not its release."""
    signature = sign(sigstore, folder, signed_by_production(commit))
    assert tag(guarded, commit, folder, signature, digest=OTHER) == 1
    for name, text in ((IMAGE, OTHER), (SBOM, "{}"), (PROVENANCE, "{}"), (NOTES, "Image of nothing")):
        good = (folder / name).read_text()
        (folder / name).write_text(text)
        assert tag(guarded, commit, folder, sign(sigstore, folder, signed_by_production(commit))) == 1, name
        (folder / name).write_text(good)
    assert guarded.run("tag-release", "--digest", DIGEST, "--files", str(folder)) == 1
    (folder / SBOM).unlink()
    assert tag(guarded, commit, folder, signature) == 1
    assert guarded.github.state.releases == {}


def test_a_tag_of_another_commit_is_noticed(
    guarded: Desk, sigstore: Sigstore, commit: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The signature names the commit that was deployed: the tag has to be on it."""
    assert tag(guarded, commit, folder, sign(sigstore, folder, signed_by_production("d" * 40))) == 0
    assert guarded.run("check-release", "--version", VERSION) == 1
    assert "but its files were signed at ddd" in capsys.readouterr().err


@pytest.mark.parametrize("lost", range(9))
def test_any_lost_answer_leaves_one_whole_release(
    guarded: Desk, sigstore: Sigstore, commit: str, folder: Path, lost: int
) -> None:
    """Tag, ref, draft, five files, publishing: whichever is not answered, a second run ends with one whole release."""
    signature = sign(sigstore, folder, signed_by_production(commit))
    seen: list[str] = []

    def lose(what: str) -> None:
        seen.append(what)
        if len(seen) == lost + 1:
            guarded.github.faults.lose_answers()

    guarded.github.faults.before_change = lose
    tag(guarded, commit, folder, signature)
    assert tag(guarded, commit, folder, signature) == 0
    assert (list(guarded.github.state.releases), guarded.github.state.drafts) == ([VERSION], {})
    assert len(guarded.github.state.releases[VERSION]["assets"]) == len(SIGNED) + 1
    assert guarded.run("check-release", "--version", VERSION) == 0


def test_an_image_that_nobody_signed_has_no_release(
    guarded: Desk, sigstore: Sigstore, commit: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What GitHub keeps under the image's digest has to be the build's own signature."""
    guarded.github.state.attestations[DIGEST] = [json.loads(sigstore.sign(OTHER, Built()))]
    assert write(guarded, commit, folder) == 1
    guarded.github.state.attestations.clear()
    assert write(guarded, commit, folder) == 1
    assert "nobody signed this image" in capsys.readouterr().err
    guarded.github.state.is_private_and_free = True
    assert write(guarded, commit, folder) == 1
    assert "GitHub has no attestation of this image" in capsys.readouterr().err


def test_a_release_without_files_is_not_checked_as_one(
    guarded: Desk, commit: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Releases from before this are told apart; a dry run writes nothing."""
    assert guarded.run("tag-release", "--digest", DIGEST, "--version", VERSION, "--commit", commit) == 0
    assert guarded.run("check-release", "--version", VERSION) == 1
    assert "v2026.1.2.1 has no notes.md, image.txt" in capsys.readouterr().err
    assert write(guarded, commit, folder.with_name("other"), "--dry-run") == 0
    assert not folder.with_name("other").exists()


def test_a_private_repository_is_told_that_nothing_is_verified(guarded: Desk, commit: str, folder: Path) -> None:
    """GitHub signs there with keys that are not public: the files are published, and it is said."""
    guarded.github.state.is_private_and_free = True
    guarded.github.state.attestations[DIGEST] = [json.loads(Sigstore().sign(DIGEST, Built()))]
    assert write(guarded, commit, folder) == 0
    assert tag(guarded, commit, folder, sign(Sigstore(), folder, signed_by_production(commit))) == 0
    assert "the signature is not verified" in guarded.words
