"""A function imports this before anything else of ours, and calls `end` when it is loaded.

Until then no garbage is looked for: what libraries make while they are loaded stays, and looking through it again and
again is a sixth of a cold start of `bot` and `image`.
"""

import gc

gc.disable()


def end() -> None:
    """What is there stays, and is not looked through any more; from now on garbage is collected."""
    gc.freeze()
    gc.enable()
