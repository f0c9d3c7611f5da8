"""The operators' pages: every address beyond signing in, who may ask for it, and the handler behind it.

`tests/functions/test_admin_routes.py` asks each with every role, with none, and with sessions that are none.
"""

from shared.admin import (
    audit_page,
    broadcasts_page,
    credits_page,
    errors_page,
    find_page,
    job_page,
    jobs_page,
    models_page,
    overview_page,
    payments_page,
    person_page,
    promos_page,
    sign_in,
    switch_models,
    talks_page,
)
from shared.admin.calls import AdminRoute
from shared.admin.page import ADMINS, EVERYBODY, HELPING, PAYING, RETURNING

SIGN_OUT = AdminRoute("POST", "/admin/sign-out", EVERYBODY, sign_in.sign_out)
ROUTES: tuple[AdminRoute, ...] = (
    AdminRoute("GET", "/admin", EVERYBODY, overview_page.show_overview),
    AdminRoute("POST", "/admin/find", EVERYBODY, find_page.find),
    AdminRoute("GET", "/admin/people/{person}", EVERYBODY, person_page.show_person),
    AdminRoute("GET", "/admin/people/{person}/ledger", EVERYBODY, person_page.show_ledger),
    AdminRoute("GET", "/admin/people/{person}/jobs", EVERYBODY, person_page.show_jobs_of),
    AdminRoute("POST", "/admin/people/{person}/credits", PAYING, credits_page.give_credits),
    AdminRoute("POST", "/admin/people/{person}/talks", HELPING, talks_page.open_talks),
    AdminRoute("GET", "/admin/people/{person}/talks/{entry}", HELPING, talks_page.show_talks_of),
    AdminRoute("GET", "/admin/people/{person}/talks/{entry}/{talk}", HELPING, talks_page.show_talk_of),
    AdminRoute("GET", "/admin/jobs", EVERYBODY, jobs_page.show_jobs),
    AdminRoute("GET", "/admin/errors", EVERYBODY, errors_page.show_errors),
    AdminRoute("GET", "/admin/models", EVERYBODY, models_page.show_models),
    AdminRoute("POST", "/admin/models/{model}/off", ADMINS, switch_models.switch_model_off),
    AdminRoute("POST", "/admin/models/{model}/on", ADMINS, switch_models.switch_model_on),
    AdminRoute("POST", "/admin/models/{model}/first", ADMINS, switch_models.choose_first_model),
    AdminRoute("GET", "/admin/payments", PAYING, payments_page.show_payments),
    AdminRoute("GET", "/admin/promos", PAYING, promos_page.show_promos),
    AdminRoute("POST", "/admin/promos", PAYING, promos_page.make_batch),
    AdminRoute("GET", "/admin/promos/{batch}", PAYING, promos_page.show_batch),
    AdminRoute("POST", "/admin/promos/{batch}/agree", ADMINS, promos_page.agree),
    AdminRoute("POST", "/admin/promos/{batch}/stop", PAYING, promos_page.stop),
    AdminRoute("GET", "/admin/broadcasts", ADMINS, broadcasts_page.show_broadcasts),
    AdminRoute("POST", "/admin/broadcasts", ADMINS, broadcasts_page.write),
    AdminRoute("GET", "/admin/broadcasts/{broadcast}", ADMINS, broadcasts_page.show_broadcast),
    AdminRoute("POST", "/admin/broadcasts/{broadcast}/{verb}", ADMINS, broadcasts_page.decide),
    AdminRoute("GET", "/admin/jobs/{job}", EVERYBODY, job_page.show_job),
    AdminRoute("POST", "/admin/jobs/{job}/refund", RETURNING, job_page.refund_job),
    AdminRoute("GET", "/admin/requests", PAYING, credits_page.show_requests),
    AdminRoute("POST", "/admin/requests/{request}/agree", ADMINS, credits_page.agree_to_request),
    AdminRoute("POST", "/admin/requests/{request}/decline", PAYING, credits_page.decline_request),
    AdminRoute("GET", "/admin/audit", ADMINS, audit_page.show_audit),
    SIGN_OUT,
)
