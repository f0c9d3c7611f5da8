"""A bot's webhook in Django: check the secret, hand the update to Celery, which stores it in Redis.

Leaner than a usual project: no middleware, no database, no result backend. gunicorn serves it.
"""

import hmac
import json
import os
from typing import Any

from celery import Celery  # type: ignore[import-not-found]
from django.conf import settings  # type: ignore[import-not-found]
from django.core.wsgi import get_wsgi_application  # type: ignore[import-not-found]
from django.http import HttpResponse  # type: ignore[import-not-found]
from django.urls import path  # type: ignore[import-not-found]
from django.views.decorators.csrf import csrf_exempt  # type: ignore[import-not-found]

SECRET = os.environ["TELEGRAM_WEBHOOK_SECRET"].encode()

settings.configure(
    SECRET_KEY="bench-not-a-secret",  # noqa: S106 — signs nothing
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
    MIDDLEWARE=[],
)
queue = Celery("bench", broker=os.environ["REDIS_URL"])
queue.conf.update(task_ignore_result=True, broker_connection_retry_on_startup=True)


@queue.task(name="take_update")  # type: ignore[untyped-decorator]
def take_update(update: dict[str, Any]) -> None:
    """Never runs: the bench starts no worker, because it measures only the webhook."""


@csrf_exempt  # type: ignore[untyped-decorator]
def webhook(request: Any) -> Any:
    """POST /."""
    given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    if not hmac.compare_digest(given.encode(), SECRET):
        return HttpResponse(status=401)
    take_update.delay(json.loads(request.body))
    return HttpResponse("ok")


urlpatterns = [path("", webhook)]
application = get_wsgi_application()
