"""write-sbom: list what is in an image, as CycloneDX's JSON (a software bill of materials).

The list holds the Python packages of the lock and the base image by its digest. The base's own packages of the system
are not listed: the base's maker lists them.
"""

import argparse
import json
import re
import uuid
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from infra.deploy.context import Context
from infra.deploy.digests import read_digest
from infra.deploy.environments import ROOT
from infra.deploy.errors import DeployError

HELP = "Write the list of an image's packages, which the build signs beside the image."
PIN = re.compile(r"^[a-z0-9][^\s;]*==.*?(?= \\$)", re.MULTILINE | re.IGNORECASE)
VERSION = r"(?P<version>(?P<python>[0-9.]+)\S*)"
BASE = re.compile(rf"^FROM (?P<name>[a-z]+):{VERSION}@(?P<digest>sha256:[0-9a-f]{{64}})", re.MULTILINE)
SPECIFICATION = "1.6"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--image", type=read_digest, required=True, help="the image that the list is about, sha256:…")
    parser.add_argument("--output", type=Path, required=True, help="the file to write")
    parser.add_argument("--folder", type=Path, default=ROOT, help="the checkout; default: this one")


def run(args: argparse.Namespace, context: Context) -> int:
    found = list_contents(args.folder, args.image)
    if not context.dry_run:
        args.output.write_text(json.dumps(found, indent=1), encoding="utf-8")
    context.say(f"{len(found['components'])} components of {args.image}")
    return 0


def list_contents(folder: Path, digest: str) -> dict[str, Any]:
    """The bill of materials of an image of this checkout. Raises DeployError."""
    base = BASE.search((folder / "infra/image/Dockerfile").read_text(encoding="utf-8"))
    if base is None:
        raise DeployError("infra/image/Dockerfile names no base image by its digest")
    lock = (folder / "requirements.txt").read_text(encoding="utf-8")
    address = f"pkg:oci/{base['name']}@{base['digest']}"
    container = {"type": "container", "name": base["name"], "version": base["version"], "purl": address}
    image = {"type": "container", "name": "nanobanana", "version": digest}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": SPECIFICATION,
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, digest)}",
        "version": 1,
        "metadata": {"component": image},
        "components": [container, *list_packages(lock, base["python"])],
    }


def list_packages(lock: str, python: str) -> list[dict[str, str]]:
    """The packages of a lock that pip installs with this version of Python on Linux."""
    minor = ".".join(python.split(".")[:2])
    linux = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
    machine = {**linux, "implementation_name": "cpython", "python_full_version": python, "python_version": minor}
    pins = [Requirement(line) for line in PIN.findall(lock)]
    installed = [pin for pin in pins if not pin.marker or pin.marker.evaluate(machine)]
    named = [(pin.name, next(iter(pin.specifier)).version) for pin in installed]
    return [
        {"type": "library", "name": name, "version": version, "purl": f"pkg:pypi/{name}@{version}"}
        for name, version in named
    ]
