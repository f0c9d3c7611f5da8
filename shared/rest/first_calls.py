"""The first calls of a new program, to be copied into a shell: from a price to a file. Pure."""

import json

from shared.rest.examples import PICTURE, QUOTE


def write_first_calls() -> str:
    """Commands for curl 7.82 or newer; the three names at the left of `=` are filled in by hand."""
    wish, order = (json.dumps(each) for each in (PICTURE, PICTURE | {"price": QUOTE["price"]}))
    proof = '-H "Authorization: Bearer $KEY"'
    return "\n".join(
        (
            "API='https://…/api/v1'   # the bot says it beside a new key",
            "KEY='nb_…'               # the key",
            f"curl {proof} --json '{wish}' \"$API/pictures/quote\"",
            f"curl {proof} -H 'Idempotency-Key: fox-1' --json '{order}' \"$API/pictures\"",
            "JOB='…'                  # the id in the answer",
            f'curl {proof} "$API/jobs/$JOB"        # again, until its state is done',
            f'curl {proof} "$API/jobs/$JOB/file"   # the link to the picture',
        )
    )
