"""The programs that pip cannot install, and the one command that installs each.

`make run`, `make test` and `make doctor` all ask here, so that a newcomer reads the same cure everywhere.
"""

import os
import shutil
import sys
from pathlib import Path

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

    def __init__(self, tool: str, cure: str) -> None:
        super().__init__(f"{tool} is missing. Install it with:  {cure}")
        self.tool = tool
        self.cure = cure


def find_java() -> Path:
    """The Java that runs Google's emulator, from JAVA_HOME or PATH; 11 or newer is expected."""
    home = os.environ.get("JAVA_HOME")
    for found in (shutil.which("java", path=f"{home}/bin") if home else None, shutil.which("java")):
        if found:
            return Path(found)
    raise MissingToolError(
        "Java", installer(apt="default-jre-headless", brew="openjdk", dnf="java-latest-openjdk-headless")
    )


def find_firestore_jar() -> Path:
    """The emulator's own jar, from FIRESTORE_EMULATOR_JAR or from gcloud's folder.

    Started directly it is up in 0.7 s and is one process to stop; through `gcloud` it is 1.2 s and two.
    """
    named = os.environ.get(JAR_VARIABLE)
    candidates = [Path(named)] if named else [root / FIRESTORE_JAR for root in sdk_roots()]
    for jar in candidates:
        if jar.is_file():
            return jar
    raise MissingToolError("Google's Firestore emulator", firestore_cure())


def find_chromium() -> Path:
    """An installed Chromium or Chrome for the browser tests."""
    for name in CHROMIUM_NAMES:
        if found := shutil.which(name):
            return Path(found)
    for program in MAC_CHROMIUMS:
        if program.exists():
            return program
    raise MissingToolError("Chromium", installer(apt="chromium", brew="--cask chromium"))


def sdk_roots() -> list[Path]:
    """Where gcloud may live: beside the `gcloud` on PATH first, then the usual places."""
    gcloud = shutil.which("gcloud")
    beside = [Path(gcloud).resolve().parent.parent] if gcloud else []
    return [*beside, *SDK_ROOTS]


def firestore_cure() -> str:
    """The command depends on how gcloud came: its own installer, the distribution, or not at all."""
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
