"""The Terraform that the checks run: `TF`, or what is on PATH, kept away from every cloud."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.checks.findings import ROOT
from infra.local.tools import MissingToolError, terraform_cure

VARIABLE = "TF"
OFFLINE_OPTION = "--local-state"
"""Known only to a tool that has Terraform's providers without their cloud."""
OFFLINE_TOOL = "a Terraform without a cloud"
OFFLINE_CURE = f"{VARIABLE}=… names it, see terraform/README.md"
RUN = ROOT / ".run" / "terraform"
SECONDS_MAX = 300
# Whatever could lead to a real account, or change what Terraform does.
FOREIGN = ("GOOGLE_", "CLOUDSDK_", "GCLOUD_", "TF_VAR_", "TF_CLI_ARGS", "TF_WORKSPACE", "TF_LOG", "TF_DATA_DIR")


@dataclass(frozen=True)
class Tool:
    """A command that takes Terraform's arguments."""

    command: tuple[str, ...]
    is_offline: bool
    """It has no cloud, so that `apply` may be run; otherwise only what asks no cloud may."""

    def run(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Terraform in a folder; what it writes to stderr comes with stdout, but for `show`, which is data."""
        verb, *options = arguments
        return subprocess.run(
            [*self.command, f"-chdir={folder}", verb, *([] if verb == "show" else ["-no-color"]), *options],
            env=clean_environment(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if verb == "show" else subprocess.STDOUT,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without accounts and settings of its own, and with a token that opens nothing."""
    kept = {name: value for name, value in environment.items() if not name.startswith(FOREIGN)}
    if not Path(kept.get("TF_CLI_CONFIG_FILE", os.devnull)).exists():
        del kept["TF_CLI_CONFIG_FILE"]  # Terraform would warn of it in every answer
    plugins = RUN / "plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    own = {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1", "TF_PLUGIN_CACHE_DIR": str(plugins)}
    return kept | own | {"GOOGLE_OAUTH_ACCESS_TOKEN": "not-a-real-token"}


def find_tool() -> Tool:
    """The tool as it is set up. Raises MissingToolError where there is none that starts."""
    command = tuple(shlex.split(os.environ.get(VARIABLE) or "terraform"))
    if shutil.which(command[0]) is None:
        what = "Terraform" if command == ("terraform",) else f"{VARIABLE}={command[0]}"
        raise MissingToolError(what, terraform_cure(), is_optional=True)
    if not _starts(command):
        raise MissingToolError("Terraform", terraform_cure(), is_optional=True)
    return Tool(command, is_offline=_starts((*command, OFFLINE_OPTION)))


def find_offline_tool() -> Tool:
    """Likewise, but one that can apply. Raises MissingToolError for any other."""
    tool = find_tool()
    if not tool.is_offline:
        raise MissingToolError(OFFLINE_TOOL, OFFLINE_CURE, is_optional=True)
    return tool


def _starts(command: tuple[str, ...]) -> bool:
    """Whether `version` works, in an empty folder that the tool takes for a repository of its own."""
    probe = RUN / "probe"
    (probe / ".git").mkdir(parents=True, exist_ok=True)
    asked = [*command, f"-chdir={probe}", "version"]
    environment = clean_environment(os.environ)
    done = subprocess.run(asked, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode == 0
