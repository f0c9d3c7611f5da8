"""Checks that no used model may be shut down within the next weeks, so that there is time to choose another.

The dates are in the rungs of shared/credits/catalogue.py; docs/runbooks/model-gone.md says what to do. The verb
`watch-models` reports every night what else is about to change.
"""

from datetime import UTC, datetime

from infra.checks.findings import exit_with
from infra.deploy.model_changes import find_ending_models
from shared.credits.catalogue import list_rungs

if __name__ == "__main__":
    exit_with(find_ending_models(list_rungs(), datetime.now(UTC).date()))
