"""What the page of the REST API shows is what it does: its examples, and the commands of a first hour."""

import itertools
import re
import shlex

import pytest

from shared.rest.examples import FILE, FILMED, JOB, ORDERED, PICTURE, QUOTE, VIDEO, VIDEO_QUOTE
from shared.rest.first_calls import write_first_calls
from tests.unit.rest.program import PATH, Json, load_program
from tests.world import World

OWN = {"id", "created_at", "expires_at"}
"""What each job has of its own."""


@pytest.mark.parametrize(("path", "wish", "quote", "ordered"), [
    ("/pictures", PICTURE, QUOTE, ORDERED), ("/videos", VIDEO, VIDEO_QUOTE, FILMED),
])  # fmt: skip
async def test_examples_are_answers(world: World, path: str, wish: Json, quote: Json, ordered: Json) -> None:
    """Whoever sends an example is answered with the price and the job that the page shows."""
    program = await load_program(world)
    told = (await program.post(f"{path}/quote", wish)).json()
    assert (told["price"], told.keys()) == (quote["price"], quote.keys())
    answer = (await program.post(path, wish | {"price": quote["price"]}, "first")).json()
    assert answer["price"] == ordered["price"]
    [job], [shown] = answer["jobs"], ordered["jobs"]
    assert job.keys() == shown.keys()
    assert {name: job[name] for name in job.keys() - OWN} == {name: shown[name] for name in shown.keys() - OWN}


async def test_first_calls(world: World) -> None:
    """The commands, with their names filled in, lead from a price to the link of a finished picture."""
    program = await load_program(world)
    filled = {"API": PATH, "KEY": program.token, "JOB": ""}
    answers: list[Json] = []
    for line in write_first_calls().splitlines():
        if not line.startswith("curl"):
            continue
        words = shlex.split(re.sub(r"\$([A-Z]+)", lambda found: filled[found[1]], line), comments=True)
        given = list(itertools.pairwise(words))
        headers = dict(value.split(": ", 1) for name, value in given if name == "-H")
        body = next((value for name, value in given if name == "--json"), None)
        method = "GET" if body is None else "POST"
        answer = await program.client.request(method, words[-1], content=body, headers=headers)
        assert answer.is_success, answer.text
        answers.append(answer.json())
        if "jobs" in answers[-1]:
            filled["JOB"] = answers[-1]["jobs"][0]["id"]
            await world.settle()
    assert answers[0].keys() == QUOTE.keys()
    assert (answers[2]["state"], answers[2].keys()) == ("done", JOB.keys())
    assert answers[3].keys() == FILE.keys()
    assert answers[3]["filename"] == f"{filled['JOB']}.png"
