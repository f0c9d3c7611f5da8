"""Converting errors of google-genai to outcomes. Messages of servers and libraries are reduced to short codes."""

from json import JSONDecodeError
from traceback import clear_frames

import httpx2
from google.auth.exceptions import GoogleAuthError, TransportError
from google.genai import errors
from pydantic import ValidationError

from shared.adapters.gemini_errors import is_about_a_file, read_status, shorten
from shared.providers.outcomes import Broken, Busy, FileRefused, Gone, ModelOutcome, TimedOut

NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
NO_ANSWER = (JSONDecodeError, UnicodeDecodeError, ValidationError, errors.UnknownApiResponseError)
"""An incomplete response, or one that is not Gemini's."""


def read_failure(error: Exception, *, has_files: bool) -> ModelOutcome | Gone:
    """The outcome of a call that raised.

    `has_files`: the request carried files that people sent. They are let go of: the library's error and the frames that
    it came through hold each other, and with them four times the files, until garbage is looked for.
    """
    for each in (error, error.__cause__, error.__context__):
        clear_frames(None if each is None else each.__traceback__)
    name = type(error).__name__
    match error:
        case errors.APIError():
            return _read_refusal(error, has_files=has_files)
        case _ if isinstance(error, NEVER_SENT):
            return Busy(name, is_fault=True)
        case httpx2.TimeoutException():
            return TimedOut()
        case httpx2.HTTPError() | TransportError():
            return Busy(name, is_fault=True)
        case _ if isinstance(error, NO_ANSWER):
            return Busy(name, is_fault=True)
        case GoogleAuthError():
            return Broken("CREDENTIALS")
        case _:
            return Broken(name)


def _read_refusal(error: errors.APIError, *, has_files: bool) -> ModelOutcome | Gone:
    """The outcome of a status other than 200, or of an error in the middle of a stream."""
    word = shorten(error.status or f"HTTP_{error.code}")
    if has_files and is_about_a_file(word, error.message or ""):
        return FileRefused(word)
    return read_status(error.code, word, error.details)
