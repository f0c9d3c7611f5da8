"""A bot's webhook in Django: check the secret, hand the update to Celery, which stores it in Redis."""

import hmac
import json
import os

import django  # type: ignore[import-not-found]
from celery import Celery  # type: ignore[import-not-found]
from django.conf import settings  # type: ignore[import-not-found]
from django.core.wsgi import get_wsgi_application  # type: ignore[import-not-found]
from django.http import HttpRequest, HttpResponse  # type: ignore[import-not-found]
from django.urls import path  # type: ignore[import-not-found]
from django.views.decorators.csrf import csrf_exempt  # type: ignore[import-not-found]
