"""The outputs of a verb for the next step of its workflow."""

from pathlib import Path

from infra.deploy.context import Context
from infra.deploy.errors import RefusedError


def write_outputs(context: Context, **values: object) -> None:
    """Append `name=value` lines to the file named by `GITHUB_OUTPUT`; do nothing outside a workflow.

    Raises RefusedError for a value of several lines, whose second line would be another output.
    """
    path = context.environment.get("GITHUB_OUTPUT")
    if not path:
        return
    lines = [f"{name}={value}" for name, value in values.items()]
    if any("\n" in line or "\r" in line for line in lines):
        raise RefusedError("an output has one line")
    with Path(path).open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
