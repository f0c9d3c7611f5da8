"""The Terraform command of the checks: `TF`, or the one on PATH, without access to any cloud."""

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
"""An option that only a tool with offline providers supports."""
OFFLINE_TOOL = "a Terraform without a cloud"
OFFLINE_CURE = f"{VARIABLE}=… names it, see terraform/README.md"
RUN = ROOT / ".run" / "terraform"
SECONDS_MAX = 900
"""Of one command. The slowest, the tests of modules/product, takes 140 s of a processor that others use too."""
# Variables that could give access to a real account, or change Terraform's behaviour.
FOREIGN = ("GOOGLE_", "CLOUDSDK_", "GCLOUD_", "TF_VAR_", "TF_CLI_ARGS", "TF_WORKSPACE", "TF_LOG", "TF_DATA_DIR")


@dataclass(frozen=True)
class Tool:
    """A command with Terraform's arguments."""

    command: tuple[str, ...]
    is_offline: bool
    """It has no cloud, so `apply` is allowed; otherwise only commands that call no cloud are."""

    def run(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Terraform in a folder; stderr is merged into stdout, except for `show`, whose output is data."""
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
    """The environment without the machine's accounts and settings, and with an invalid token."""
    kept = {name: value for name, value in environment.items() if not name.startswith(FOREIGN)}
    if not Path(kept.get("TF_CLI_CONFIG_FILE", os.devnull)).exists():
        del kept["TF_CLI_CONFIG_FILE"]  # Terraform would warn about it in every output
    plugins = RUN / "plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    own = {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1", "TF_PLUGIN_CACHE_DIR": str(plugins)}
    return kept | own | {"GOOGLE_OAUTH_ACCESS_TOKEN": "not-a-real-token"}


def find_tool() -> Tool:
    """The configured tool. Raises MissingToolError if none starts."""
    command = tuple(shlex.split(os.environ.get(VARIABLE) or "terraform"))
    if shutil.which(command[0]) is None:
        what = "Terraform" if command == ("terraform",) else f"{VARIABLE}={command[0]}"
        raise MissingToolError(what, terraform_cure(), is_optional=True)
    if not _starts(command):
        raise MissingToolError("Terraform", terraform_cure(), is_optional=True)
    return Tool(command, is_offline=_starts((*command, OFFLINE_OPTION)))


def find_offline_tool() -> Tool:
    """A tool that can apply offline. Raises MissingToolError for any other."""
    tool = find_tool()
    if not tool.is_offline:
        raise MissingToolError(OFFLINE_TOOL, OFFLINE_CURE, is_optional=True)
    return tool


def _starts(command: tuple[str, ...]) -> bool:
    """Whether the subcommand `version` works in an empty folder."""
    probe = RUN / "probe"
    (probe / ".git").mkdir(parents=True, exist_ok=True)
    asked = [*command, f"-chdir={probe}", "version"]
    environment = clean_environment(os.environ)
    done = subprocess.run(asked, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode == 0
