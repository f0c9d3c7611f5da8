"""`python -m infra.deploy VERB [--dry-run] …`: the verbs of delivery, one module each.

The workflows and the Makefile call them.
"""

import argparse
import ast
import importlib
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from infra.deploy.context import Context
from infra.deploy.errors import DeployError

VERBS = Path(__file__).with_name("verbs")
SENTENCE = re.compile(r'^HELP = (".*")$', re.MULTILINE)


class Parser(argparse.ArgumentParser):
    """Its help has a line for every verb."""

    def format_help(self) -> str:
        return super().format_help() + describe_verbs()


def list_verbs() -> list[str]:
    """Every verb: the names of the modules in `verbs/`, written with hyphens."""
    return sorted(path.stem.replace("_", "-") for path in VERBS.glob("[a-z]*.py"))


def describe_verbs() -> str:
    """The help of each verb, read from its source: importing all of them would import every library."""
    texts = {name: (VERBS / f"{name.replace('-', '_')}.py").read_text(encoding="utf-8") for name in list_verbs()}
    found = {name: SENTENCE.search(text) for name, text in texts.items()}
    lines = (f"  {name:<20} {ast.literal_eval(sentence[1]) if sentence else ''}" for name, sentence in found.items())
    return "\n".join(["\nverbs (VERB --help says more):", *lines, ""])


def load_verb(name: str) -> ModuleType:
    """A verb's module, with HELP, add_arguments(parser) and run(args, context) -> exit code."""
    return importlib.import_module(f"infra.deploy.verbs.{name.replace('-', '_')}")


def main(arguments: Sequence[str], context: Context | None = None) -> int:
    """Run one verb; returns the exit code: 0 done, 1 failed with a reason, 2 wrong usage, 3 a person has to decide."""
    parser = Parser(prog="python -m infra.deploy", description="From a commit to production.")
    parser.add_argument("verb", choices=list_verbs(), metavar="VERB", help="one of those below")
    # Only one verb is imported: a rollback must not depend on modules that it does not need.
    verb = load_verb(parser.parse_args(arguments[:1]).verb)
    own = argparse.ArgumentParser(prog=f"python -m infra.deploy {arguments[0]}", description=verb.HELP)
    own.add_argument("--dry-run", action="store_true", help="say what would be changed and change nothing")
    verb.add_arguments(own)
    args = own.parse_args(arguments[1:])
    context = context or Context(os.environ, dry_run=args.dry_run)
    try:
        return int(verb.run(args, context))
    except DeployError as error:
        print(f"{arguments[0]}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
