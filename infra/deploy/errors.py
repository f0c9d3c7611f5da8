"""What can go wrong on the way to production.

DeployError                  the verb ends with one line and exit code 1
├── RefusedError             a rule says no: nothing was changed
├── ConflictError            somebody else changed the same thing meanwhile, or holds the lock (HTTP 409 and 412)
├── MissingError             it is not there (HTTP 404)
├── BrokenRevisionError      Cloud Run could not start the revision
└── UnreachableError         no answer, or one that says "later": nobody knows whether it was done
"""


class DeployError(Exception):
    """Every error of ours; its text is safe to show."""


class RefusedError(DeployError):
    """A rule says no; nothing was changed."""


class ConflictError(DeployError):
    """Somebody else changed the same thing meanwhile, or holds the lock."""


class MissingError(DeployError):
    """What was asked for is not there."""


class UnreachableError(DeployError):
    """A service gave no answer, or one that says "later"; a change may have been made all the same."""


class BrokenRevisionError(DeployError):
    """Cloud Run could not start the revision: it serves nobody and never will."""
