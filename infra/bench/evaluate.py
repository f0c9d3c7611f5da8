"""Measures how well the mode *Auto* reads messages: labelled messages, by the rules and then by the real model.

    GEMINI_API_KEY=… make evaluate          the model's part costs about 6 US cents
    make evaluate                           against the local Gemini: only shows that the plumbing works

A message that the rules decide costs nothing. The others are read as in the bot: same text, same instruction, same
time limit, same confidence limits. Exit code 0 when the goals are met or nothing was measured; 1 when one is missed.
"""

import argparse
import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from infra.bench.figures import find_percentile
from infra.bench.labelled import Labelled, load_messages
from infra.local.gemini.running import run_gemini
from shared.adapters.gemini_access import Access
from shared.adapters.genai_text import GeminiText
from shared.conversations.compose_reading import Sight, compose_reading
from shared.conversations.compose_talk import estimate_charge
from shared.conversations.conversation import Turn
from shared.conversations.read_message import READING_SECONDS_MAX
from shared.conversations.read_rules import PAID, Act, Before, is_left_to_model
from shared.conversations.reading import PICTURES_MAX, decide, read_answer
from shared.credits.catalogue import READING_RUNGS, READING_USD_MICROS
from shared.ports import TextProvider
from shared.providers.talk import Speaker, Talk, Told

FILES = ("tuned", "held_out", "not_asked")
TOGETHER = 4
"""Calls at a time."""
RIGHT_MIN = 0.97
PLUMBING = "plumbing only: the local Gemini does not read; with GEMINI_API_KEY the real model is measured"


@dataclass(frozen=True)
class Verdict:
    """The result for one message."""

    message: Labelled
    act: Act
    by: str
    """`rules`, `question` (asked back without the model) or `model`."""
    ms: float = 0
    cost_usd_micros: int = 0
    is_away: bool = False
    """The model gave no reading in its time."""

    @property
    def is_right(self) -> bool:
        """Whether the bot did what the sender wanted; if that was no picture, anything free is right."""
        return self.act is self.message.label if self.message.label is not None else self.act not in PAID

    @property
    def is_wrong_purchase(self) -> bool:
        """Whether the bot drew an unwanted picture without a question."""
        return self.act in PAID and self.act is not self.message.label


@dataclass(frozen=True)
class Score:
    """The figures of some verdicts."""

    messages: int
    by: Counter[str]
    right: int
    wrong_purchases: int
    needless_questions: int
    """Questions although the message was clear: free, but tiresome."""
    away: int
    cost_usd_micros: float
    """Of a message that the model read, on average."""
    ms: tuple[float, float]
    """Of the same: median and 95th percentile."""

    @property
    def is_met(self) -> bool:
        """Whether the goals are."""
        is_right = self.right >= RIGHT_MIN * self.messages
        return is_right and not self.wrong_purchases and self.cost_usd_micros <= READING_USD_MICROS


def count(verdicts: Sequence[Verdict]) -> Score:
    """The figures of these verdicts, of which there is at least one."""
    read = [verdict for verdict in verdicts if verdict.by == "model"]
    times = [verdict.ms for verdict in read] or [0.0]
    return Score(
        messages=len(verdicts),
        by=Counter(verdict.by for verdict in verdicts),
        right=sum(verdict.is_right for verdict in verdicts),
        wrong_purchases=sum(verdict.is_wrong_purchase for verdict in verdicts),
        needless_questions=sum(verdict.act is Act.ASK and not verdict.is_right for verdict in verdicts),
        away=sum(verdict.is_away for verdict in read),
        cost_usd_micros=sum(verdict.cost_usd_micros for verdict in read) / max(1, len(read)),
        ms=(find_percentile(times, 50), find_percentile(times, 95)),
    )


def describe(name: str, score: Score) -> str:
    """One line."""
    by = ", ".join(f"{number} by {who}" for who, number in sorted(score.by.items()))
    return (
        f"{name}: {score.messages} messages ({by}), right {score.right / score.messages:.1%}, wrong purchases "
        f"{score.wrong_purchases}, needless questions {score.needless_questions}, model away {score.away}, "
        f"${score.cost_usd_micros / 1e6:.6f} a reading, {score.ms[0]:.0f} ms (p50), {score.ms[1]:.0f} ms (p95)"
    )


def describe_plumbing(name: str, score: Score) -> str:
    """One line for a run without a key: how many messages the rules decide, and that the rest got an answer."""
    by = score.by
    return f"{name}: {by['rules']} of {score.messages} by rules; {by['model']} read, {score.away} of these in vain"


async def judge(provider: TextProvider, message: Labelled) -> Verdict:
    """What the bot would do about a message."""
    situation = message.situation
    if message.act is not None:
        return Verdict(message, message.act, "rules")
    if not is_left_to_model(message.words, situation):
        return Verdict(message, Act.ANSWER if situation.near is Before.ANSWER else Act.ASK, "question")
    prompts = message.prompts[:PICTURES_MAX]
    talk = compose_reading(Sight(message.words, _turns(message), prompts, situation.brings_picture))
    began = time.perf_counter()
    told = await _ask(provider, talk)
    ms = (time.perf_counter() - began) * 1000
    understood = None if told is None or not told.is_whole else read_answer(told.text)
    act = decide(understood, message.words, len(prompts), brings_picture=situation.brings_picture)
    tokens = (None if told is None else told.tokens) or estimate_charge(talk, "")
    cost = READING_RUNGS[0].cost_of(tokens, datetime.now(UTC).date())
    return Verdict(message, act, "model", ms, cost, understood is None)


async def _ask(provider: TextProvider, talk: Talk) -> Told | None:
    try:
        async with asyncio.timeout(READING_SECONDS_MAX):
            outcome = await provider.stream(READING_RUNGS[0], talk, _hear_nothing)
    except TimeoutError:
        return None
    return outcome if isinstance(outcome, Told) else None


def _hear_nothing(_words: str) -> None:
    """Ignore partial output: an incomplete reading cannot be used."""


def _turns(message: Labelled) -> list[Turn]:
    def speaker(who: str) -> Speaker:
        return "person" if who == "person" else "model"

    now = datetime.now(UTC)
    return [Turn(speaker(who), words, now, "") for who, words in message.said]


async def judge_all(provider: TextProvider, messages: Sequence[Labelled]) -> list[Verdict]:
    """Judge many messages, TOGETHER at a time."""
    room = asyncio.Semaphore(TOGETHER)

    async def one(message: Labelled) -> Verdict:
        async with room:
            return await judge(provider, message)

    return list(await asyncio.gather(*map(one, messages)))


@asynccontextmanager
async def open_provider(key: str) -> AsyncIterator[GeminiText]:
    """The real model, or without a key the local one."""
    if key:
        provider = GeminiText(Access(key))
        yield provider
        await provider.close()
        return
    async with run_gemini() as gemini:
        provider = GeminiText(Access("local", base_url=gemini.base_url))
        yield provider
        await provider.close()


async def evaluate(key: str, names: Sequence[str], *, tells: bool) -> bool:
    """Print the figures of these files; returns whether their goals are met."""
    if not key:
        print(PLUMBING)
    is_met = True
    async with open_provider(key) as provider:
        for name in names:
            verdicts = await judge_all(provider, load_messages(name))
            score = count(verdicts)
            print((describe if key else describe_plumbing)(name, score), flush=True)
            is_met = is_met and score.is_met
            for verdict in verdicts if tells and key else ():
                if not verdict.is_right:
                    print(f"  {verdict.message.words[:80]}: {verdict.act} by {verdict.by}, not {verdict.message.label}")
    return is_met or not key


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make evaluate", description="How well a model reads what people want.")
    parser.add_argument("files", nargs="*", choices=[*FILES, []], help="all of them unless named")
    parser.add_argument("--tell", action="store_true", help="name each message that went wrong")
    arguments = parser.parse_args()
    key = os.environ.get("GEMINI_API_KEY", "")
    return 0 if asyncio.run(evaluate(key, arguments.files or FILES, tells=arguments.tell)) else 1


if __name__ == "__main__":
    sys.exit(main())
