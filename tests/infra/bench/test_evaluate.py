"""What `make evaluate` counts, on verdicts and models that are made up here."""

import json
from collections import Counter
from collections.abc import Callable

import pytest

from infra.bench.evaluate import Verdict, count, describe, describe_plumbing, evaluate, judge, judge_all
from infra.bench.labelled import Labelled, load_messages
from shared.conversations.read_rules import Act, Before, Situation
from shared.providers.ladder import TextRung
from shared.providers.outcomes import Busy, ModelOutcome
from shared.providers.talk import Talk, Tokens, Told

PLAIN = "a red fox in the snow"


def message(label: Act | None = Act.DRAW, words: str = PLAIN, situation: Situation | None = None) -> Labelled:
    return Labelled(words, label, "plain", situation or Situation())


class Model:
    """Says the same of everything."""

    def __init__(self, outcome: ModelOutcome) -> None:
        self.outcome = outcome
        self.talks: list[Talk] = []

    async def stream(self, rung: TextRung, talk: Talk, hear: Callable[[str], None]) -> ModelOutcome:
        self.talks.append(talk)
        return self.outcome


def saying(**said: object) -> Model:
    return Model(Told(json.dumps({"sure": 1} | said), Tokens(400, 20)))


@pytest.mark.parametrize(
    ("label", "act", "right", "wrong_purchase"),
    [
        (Act.DRAW, Act.DRAW, True, False),
        (Act.DRAW, Act.ASK, False, False),
        (Act.EDIT, Act.DRAW, False, True),
        (Act.ANSWER, Act.DRAW, False, True),
        (Act.ANSWER, Act.ANIMATE, False, False),
        (None, Act.ANSWER, True, False),
        (None, Act.EDIT, False, True),
    ],
)
def test_one(label: Act | None, act: Act, right: bool, wrong_purchase: bool) -> None:  # noqa: FBT001 — a table
    """What was wanted is right; a picture that was not is a wrong purchase, another free answer is only wrong."""
    verdict = Verdict(message(label), act, "model")
    assert (verdict.is_right, verdict.is_wrong_purchase) == (right, wrong_purchase)


def test_count() -> None:
    """Cost and time are of what the model read; the goals are about all messages."""
    verdicts = [
        *[Verdict(message(), Act.DRAW, "rules")] * 96,
        Verdict(message(), Act.DRAW, "model", ms=100, cost_usd_micros=100),
        Verdict(message(), Act.ASK, "model", ms=300, cost_usd_micros=200, is_away=True),
        Verdict(message(Act.ANSWER), Act.ASK, "question"),
    ]
    score = count(verdicts)
    assert score.by == Counter(rules=96, model=2, question=1)
    assert (score.right, score.wrong_purchases, score.needless_questions, score.away) == (97, 0, 2, 1)
    assert (score.cost_usd_micros, score.ms) == (150, (100, 300))
    assert score.is_met
    assert "right 98.0%, wrong purchases 0" in describe("tuned", score)
    assert describe_plumbing("tuned", score) == "tuned: 96 of 99 by rules; 2 read, 1 of these in vain"


def test_goals() -> None:
    """One wrong purchase, too little right, or too dear: each misses the goals."""
    good = [Verdict(message(), Act.DRAW, "rules")] * 99
    assert count(good).is_met
    assert not count([*good, Verdict(message(Act.ANSWER), Act.DRAW, "model")]).is_met
    assert not count([*good, *[Verdict(message(), Act.ASK, "rules")] * 4]).is_met
    assert not count([*good, Verdict(message(), Act.DRAW, "model", cost_usd_micros=301)]).is_met


async def test_judge() -> None:
    """The rules come first; replies and parameters are not read; the rest is decided on as the bot does."""
    model = saying(act="draw")
    assert (await judge(model, message(words="draw a fox"))).by == "rules"
    reply = message(words="ears somehow bigger than that", situation=Situation(replied=Before.PICTURE))
    assert (await judge(model, reply)).act is Act.ASK
    assert (await judge(model, message(words=f"{PLAIN} x4"))).by == "question"
    assert model.talks == []
    read = await judge(model, message())
    assert (read.act, read.by, read.cost_usd_micros, read.is_away) == (Act.DRAW, "model", 130, False)


@pytest.mark.parametrize(
    "outcome", [Busy("503"), Told("{}", None), Told('{"act": "draw", "sure": 1}', None, is_whole=False)]
)
async def test_away(outcome: ModelOutcome) -> None:
    """A model that fails, or says something odd or half, leaves a question, whose cost is estimated."""
    verdict = await judge(Model(outcome), message())
    assert (verdict.act, verdict.is_away) == (Act.ASK, True)
    assert verdict.cost_usd_micros > 0


async def test_what_stood_before_is_shown() -> None:
    """Pictures and turns of the corpus are shown to the model, the newest picture first."""
    model = saying(act="edit", which=0)
    left = [each for each in load_messages("tuned") if each.act is None and each.situation.replied is Before.NOTHING]
    labelled = next(each for each in left if each.prompts)
    await judge_all(model, [labelled])
    [talk] = model.talks
    assert f"0: {labelled.prompts[0][:10]}" in talk.lines[0].text


async def test_without_a_key(capsys: pytest.CaptureFixture[str]) -> None:
    """Against the local Gemini the same calls go through, and it says that nothing was measured."""
    assert await evaluate("", ["held_out"], tells=True)
    first, second = capsys.readouterr().out.splitlines()[:2]
    assert first.startswith("plumbing only")
    assert second.startswith("held_out: 74 of 113 by rules; 34 read")
