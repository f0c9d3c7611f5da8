"""write-sbom: what is in the image stands in a list that other tools read."""

import json
from importlib.metadata import version
from pathlib import Path

from infra.deploy.__main__ import main
from infra.deploy.context import Context
from infra.deploy.environments import ROOT
from infra.deploy.verbs.write_sbom import list_packages

DIGEST = f"sha256:{'1' * 64}"
LOCK = """\
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:00
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:00
    # via scipy
truststore==0.10.5 ; sys_platform != 'emscripten' \\
    --hash=sha256:00
wasm==1.0 ; python_full_version >= '3.12' and sys_platform == 'emscripten' \\
    --hash=sha256:00
pydantic[email]==2.14.4 \\
    --hash=sha256:00
"""


def write(folder: Path, checkout: Path, *more: str) -> int:
    arguments = ["write-sbom", "--image", DIGEST, "--output", str(folder / "sbom.json"), "--folder", str(checkout)]
    return main([*arguments, *more], Context({}, dry_run="--dry-run" in more, say=lambda line: None))


def test_the_list_is_of_this_lock_and_base(tmp_path: Path) -> None:
    """CycloneDX's required fields, the base by its digest, and the versions that are tested here."""
    assert write(tmp_path, ROOT) == 0
    found = json.loads((tmp_path / "sbom.json").read_text(encoding="utf-8"))
    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.6")
    assert found["serialNumber"].startswith("urn:uuid:")
    assert found["metadata"]["component"]["version"] == DIGEST
    base, *packages = found["components"]
    assert base["purl"].startswith("pkg:oci/python@sha256:")
    listed = {each["name"]: each["version"] for each in packages}
    assert listed["pydantic"] == version("pydantic")
    assert len(listed) == len(packages)


def test_only_what_is_installed_in_the_image_is_listed() -> None:
    """Lines of the lock for another Python or system are left out."""
    listed = [(each["name"], each["version"]) for each in list_packages(LOCK, "3.13.16")]
    assert listed == [("numpy", "2.5.5"), ("truststore", "0.10.5"), ("pydantic", "2.14.4")]


def test_a_base_without_a_digest_has_no_list(tmp_path: Path) -> None:
    """What is built from a tag is not known."""
    (tmp_path / "infra/image").mkdir(parents=True)
    (tmp_path / "infra/image/Dockerfile").write_text("FROM python:3.13\n")
    (tmp_path / "requirements.txt").write_text(LOCK)
    assert write(tmp_path, tmp_path) == 1
    assert write(tmp_path, ROOT, "--dry-run") == 0
    assert not (tmp_path / "sbom.json").exists()
