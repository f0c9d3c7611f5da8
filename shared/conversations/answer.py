"""An answer as a job: what is asked, and what is kept of what was said."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from shared.conversations.attachment import Attachment
from shared.jobs.job import Artefacts, Job, JobState, Request, keep_job
from shared.people.manner import Manner
from shared.people.talk import DEFAULT_KEPT_DAYS, count_free, is_free, return_free
from shared.people.users import User
from shared.providers.talk import Source

MEDIUM = "answer"
"""What logs and metrics call this kind of work."""
Way = Literal["ask", "again", "reworded", "shorter", "longer", "continue"]
"""How an answer came to be asked for: by words, or by a button under an earlier answer."""


@dataclass(frozen=True, slots=True)
class AnswerRequest(Request):
    """What is asked."""

    words: str
    """The person's, or what a button stands for."""
    conversation_id: str
    bound_usd_micros: int
    """What one call costs us at most."""
    quoted: str = ""
    """Somebody's words that the question is about."""
    way: Way = "ask"
    replaces: str = ""
    """The job whose answer this one takes the place of in the conversation."""
    is_aloud: bool = False
    """Its person wants it to be spoken too."""
    free_day: str = ""
    """For an answer that is free: the day to which it was counted."""
    free_count: int = 1
    """As how many of the day's free answers it counts: a long file takes the place of several."""
    files: tuple[Attachment, ...] = ()
    """What the question is about, in the order in which it was shown."""
    manner: Manner = field(default_factory=Manner)
    """How the person wanted to be answered when this was asked."""
    search: bool = False
    """The model may look things up on the web. Such an answer is never free."""
    is_foreign: bool = False
    """The words are a prompt that somebody else has shared: the model is told nothing else of this person."""
    is_filled: bool = False
    """The person's message said values for a prompt: another wording of it is no other question."""
    without_links: bool = False
    """It goes on from what a page or a stranger's prompt may have made the model write: its answer has no links."""
    kept_days: int = DEFAULT_KEPT_DAYS
    """How long the person wants to have it kept; 0: until they delete it."""
    with_facts: bool = False
    """The model is told what the person asked us to remember."""

    def cost_of_call(self) -> int:
        """What asking once costs at most, in millionths of a US dollar."""
        return self.bound_usd_micros

    def kept(self) -> timedelta:
        """As long as the conversation, and a day for what is still to be done; never longer than other jobs."""
        return keep_job(self.kept_days)

    def is_offered(self, user: User) -> bool:
        """A free one only while there is one."""
        return not self.free_day or is_free(user.talk, self.free_day, self.free_count)

    def taken(self, user: User) -> User:
        """A free answer is one of the day's; the values of a prompt answer our question for them."""
        if self.is_filled:
            user = replace(user, filling=None)
        if not self.free_day:
            return user
        return replace(user, talk=count_free(user.talk, self.free_day, self.free_count))

    def returned(self, user: User) -> User:
        """A free answer that did not come is free another time."""
        if not self.free_day:
            return user
        return replace(user, talk=return_free(user.talk, self.free_day, self.free_count))

    def facts(self) -> dict[str, Any]:
        """What the log says of it."""
        shown = {"files": len(self.files)} if self.files else {}
        return {"medium": MEDIUM, "model": MEDIUM, "way": self.way} | ({"search": True} if self.search else {}) | shown


@dataclass(frozen=True, slots=True)
class Answer(Artefacts):
    """What has come of a question so far."""

    said: str = ""
    """The answer, in Markdown."""
    is_partial: bool = False
    """It was cut, and can be continued: by the person, at the length limit, or because the connection broke."""
    stop_asked_at: datetime | None = None
    """When the person pressed *Stop*."""
    reworded: str = ""
    """What the person made of the question since: a button answers it."""
    tokens_given: int = 0
    tokens_made: int = 0
    """As the provider counted them, or as we estimate them where it did not say."""
    answered_by: str = ""
    """The provider's model."""
    trouble: str = ""
    """Why a file could not be read: a `FileTrouble`."""
    searches: int = 0
    """Queries on the web, by the provider's count."""
    sources: tuple[Source, ...] = ()
    """The pages that they found, as many as are shown."""
    file_sent_at: datetime | None = None
    """When it was last sent as a file, or was about to be."""

    def facts(self) -> dict[str, Any]:
        """How it ended: *whole*, *stopped* by the person, or *cut* by something else."""
        cut = "cut" if self.stop_asked_at is None else "stopped"
        return {"ending": cut if self.is_partial else "whole"}


def is_answer(job: Job) -> bool:
    """Whether the job is an answer, so that `question_of` and `answer_of` work."""
    return isinstance(job.request, AnswerRequest)


def question_of(job: Job) -> AnswerRequest:
    """What is asked, of a job that is an answer."""
    assert isinstance(job.request, AnswerRequest)
    return job.request


def answer_of(job: Job) -> Answer:
    """What has come of a job that is an answer."""
    assert isinstance(job.artefacts, Answer)
    return job.artefacts


def is_without_links(job: Job) -> bool:
    """Whether a page or a stranger's prompt may have made the model write the answer."""
    question = question_of(job)
    return question.search or question.is_foreign or question.without_links


def reword(job: Job, words: str) -> Job:
    """The job with another wording of its question: the one to be answered where nothing was begun."""
    if job.state is JobState.QUEUED and not job.attempts:
        return replace(job, request=replace(question_of(job), words=words))
    return replace(job, artefacts=replace(answer_of(job), reworded=words))


def ask_to_stop(job: Job, at: datetime) -> Job:
    """The job whose worker shall end the answer where it is."""
    return replace(job, artefacts=replace(answer_of(job), stop_asked_at=at))


def note_file(job: Job, at: datetime | None) -> Job:
    """The job whose answer is sent as a file now; None: it was not."""
    return replace(job, artefacts=replace(answer_of(job), file_sent_at=at))
