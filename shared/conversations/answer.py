"""The request and the artefacts of a job that answers a question in words."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, Self

from shared.conversations.attachment import Attachment
from shared.jobs.job import Artefacts, Job, JobState, Request, keep_job
from shared.people.manner import Manner
from shared.people.talk import DEFAULT_KEPT_DAYS, count_free, is_free, return_free
from shared.people.users import User
from shared.providers.talk import Source

MEDIUM = "answer"
"""The name of this kind of work in logs and metrics."""
IMPATIENCE = timedelta(seconds=2)
"""Within this time after *Stop*, a press on the button that replaced it still means *Stop*."""
Way = Literal["ask", "again", "reworded", "shorter", "longer", "continue"]
"""How the answer was requested: by words, or by a button under an earlier answer."""


@dataclass(frozen=True, slots=True)
class AnswerRequest(Request):
    """A question with everything that its answer depends on."""

    words: str
    """The person's words, or the words that a button stands for."""
    conversation_id: str
    bound_usd_micros: int
    """The upper bound of what one call costs us, in millionths of a US dollar."""
    quoted: str = ""
    """Another text that the question is about."""
    way: Way = "ask"
    replaces: str = ""
    """The job whose answer this one replaces in the conversation."""
    is_aloud: bool = False
    """The person wants the answer to be spoken too."""
    free_day: str = ""
    """For a free answer: the day on which it is counted."""
    free_count: int = 1
    """How many of the day's free answers it uses up: a question with a long file uses several."""
    files: tuple[Attachment, ...] = ()
    """The files that the question is about, in the order in which the person sent them."""
    manner: Manner = field(default_factory=Manner)
    """The person's settings for answers at the time of the question."""
    search: bool = False
    """The model may search the web. Such an answer is never free."""
    is_foreign: bool = False
    """The words are a prompt shared by somebody else: the model gets nothing else about this person."""
    is_filled: bool = False
    """The message gave values for the variables of a prompt, so an edit of the message is not a new question."""
    without_links: bool = False
    """It continues an answer that a web page or a stranger's prompt may have influenced: this answer gets no links."""
    kept_days: int = DEFAULT_KEPT_DAYS
    """For how many days the person wants to keep it; 0: until they delete it."""
    with_facts: bool = False
    """The model gets the facts that the person asked us to remember."""

    def cost_of_call(self) -> int:
        """The upper bound of what one call costs us, in millionths of a US dollar."""
        return self.bound_usd_micros

    def kept(self) -> timedelta:
        """As long as the conversation plus a day for unfinished work, but at most as long as other jobs."""
        return keep_job(self.kept_days)

    def is_offered(self, user: User) -> bool:
        """A free answer is offered only while the day has one left."""
        return not self.free_day or is_free(user.talk, self.free_day, self.free_count)

    def taken(self, user: User) -> User:
        """Count a free answer as one of the day's; clear `filling` if the question supplied a prompt's values."""
        if self.is_filled:
            user = replace(user, filling=None)
        if not self.free_day:
            return user
        return replace(user, talk=count_free(user.talk, self.free_day, self.free_count))

    def returned(self, user: User) -> User:
        """A free answer that was not delivered is given back to the day."""
        if not self.free_day:
            return user
        return replace(user, talk=return_free(user.talk, self.free_day, self.free_count))

    def without_words(self) -> Self:
        """The request without words, files, and the role in the person's own words."""
        return replace(self, words="", quoted="", files=(), manner=Manner())

    def facts(self) -> dict[str, Any]:
        """The fields for the log."""
        shown = {"files": len(self.files)} if self.files else {}
        return {"medium": MEDIUM, "model": MEDIUM, "way": self.way} | ({"search": True} if self.search else {}) | shown


@dataclass(frozen=True, slots=True)
class Answer(Artefacts):
    """The results of a question so far."""

    said: str = ""
    """The answer, in Markdown."""
    is_partial: bool = False
    """It ended early (*Stop*, the length limit or a broken connection) and can be continued."""
    stop_asked_at: datetime | None = None
    """When the person pressed *Stop*."""
    reworded: str = ""
    """The question as the person edited it later: a button answers this wording."""
    tokens_given: int = 0
    tokens_made: int = 0
    """As counted by the provider; our estimate if it gave no number."""
    answered_by: str = ""
    """The provider's model."""
    trouble: str = ""
    """Why a file could not be read: a `FileTrouble`."""
    searches: int = 0
    """Web queries, as counted by the provider."""
    sources: tuple[Source, ...] = ()
    """The pages that the queries found, as many as are shown."""
    file_sent_at: datetime | None = None
    """When the answer was last sent as a file; written before each send."""

    def facts(self) -> dict[str, Any]:
        """How it ended: *whole*, *stopped* by the person, or *cut* by something else."""
        cut = "cut" if self.stop_asked_at is None else "stopped"
        return {"ending": cut if self.is_partial else "whole"}


def meant_stop(job: Job, pressed_at: datetime) -> bool:
    """Whether a press was meant for *Stop* of this answer, which another button had just replaced."""
    asked_at = answer_of(job).stop_asked_at
    return asked_at is not None and pressed_at < asked_at + IMPATIENCE


def is_answer(job: Job) -> bool:
    """Whether the job is an answer, so that `question_of` and `answer_of` work."""
    return isinstance(job.request, AnswerRequest)


def question_of(job: Job) -> AnswerRequest:
    """The request of a job that is an answer."""
    assert isinstance(job.request, AnswerRequest)
    return job.request


def answer_of(job: Job) -> Answer:
    """The artefacts of a job that is an answer."""
    assert isinstance(job.artefacts, Answer)
    return job.artefacts


def is_without_links(job: Job) -> bool:
    """Whether a web page or a stranger's prompt may have influenced the answer."""
    question = question_of(job)
    return question.search or question.is_foreign or question.without_links


def reword(job: Job, words: str) -> Job:
    """The job with an edited question, which is answered if the work has not begun."""
    if job.state is JobState.QUEUED and not job.attempts:
        return replace(job, request=replace(question_of(job), words=words))
    return replace(job, artefacts=replace(answer_of(job), reworded=words))


def ask_to_stop(job: Job, at: datetime) -> Job:
    """The job with a mark that tells its worker to end the answer now."""
    return replace(job, artefacts=replace(answer_of(job), stop_asked_at=at))


def note_file(job: Job, at: datetime | None) -> Job:
    """The job with the time at which its answer is sent as a file; None: it was not sent."""
    return replace(job, artefacts=replace(answer_of(job), file_sent_at=at))
