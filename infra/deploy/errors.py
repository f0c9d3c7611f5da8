"""The errors of the delivery verbs.

DeployError                  the verb ends with one line and exit code 1
├── RefusedError             a rule forbids it: nothing was changed
│   └── UnprovenError        … the image's signature does not prove what built it
├── ConflictError            another writer changed it meanwhile, or holds the lock (HTTP 409 and 412)
├── MissingError             it does not exist (HTTP 404)
├── BrokenRevisionError      Cloud Run could not start the revision
└── UnreachableError         no response, or "retry later": the change may have been made or not
"""


class DeployError(Exception):
    """The base of all errors; the text is safe to show."""


class RefusedError(DeployError):
    """A rule forbids it; nothing was changed."""


class UnprovenError(RefusedError):
    """An image's signature does not prove what it has to prove."""


class ConflictError(DeployError):
    """Another writer changed it meanwhile, or holds the lock."""


class MissingError(DeployError):
    """It does not exist."""


class UnreachableError(DeployError):
    """A service gave no response, or "retry later"; a change may have been made."""


class BrokenRevisionError(DeployError):
    """Cloud Run could not start the revision, which will never serve."""
