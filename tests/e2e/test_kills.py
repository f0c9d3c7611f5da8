"""Real kills: functions as processes under load, SIGKILLed at random moments, on a real Firestore; then the books.

A worker that dies in the middle of a job leaves its lease behind, 150 s by design; so rest comes minutes after the
last kill, and the test waits for it by looking into the store.
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from google.cloud.firestore import AsyncClient

from infra.local.options import LOCAL_TOKEN, Options
from infra.local.system import System
from shared.adapters.clock import SystemClock
from shared.domain.jobs import DEADLINE_SECONDS, LEASE_SECONDS
from tests.e2e.books import Books, count_states, find_wrong_books, fund, list_open, open_database, open_store, read_books
from tests.e2e.chats import Chats, find_wrong_chats, read_chats
from tests.e2e.crowd import Crowd
from tests.e2e.people import Telegram

pytestmark = [pytest.mark.emulator, pytest.mark.asyncio(loop_scope="module")]

PEOPLE = 30
CREDITS = 10_000
BOT_ID = int(LOCAL_TOKEN.partition(":")[0])
EVERY_DAY = {"bot": 5, "image": 5, "webhook": 3, "sweep": 2}
NIGHTLY = {"bot": 50, "image": 50, "webhook": 20, "sweep": 10}
PAUSE_SECONDS = (0.5, 3.0)
"""How long a function lives before it is killed again."""
REST_SECONDS_MAX = LEASE_SECONDS + DEADLINE_SECONDS
POLL_SECONDS = 2.0
