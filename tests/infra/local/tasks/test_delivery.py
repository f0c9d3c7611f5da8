"""What a target sees: the request, its headers, its token, and how many come at once."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc.aio
import jwt
import pytest
from conftest_types import Call, Target
from google.cloud import tasks_v2
from google.cloud.tasks_v2 import CloudTasksAsyncClient, CloudTasksClient
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

from infra.local.tasks import TasksServer, run_tasks_server
