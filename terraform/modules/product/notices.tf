# Alarms in the operators' chat, in Slack and in Sentry: Monitoring publishes them, Pub/Sub brings them to `sweep`, which
# tells each place.
#
# Not to `bot`: an alarm about it has to arrive. The call carries a token of the account that calls all task endpoints.

locals {
  tells = var.notice_chat != null || var.slack_notices || var.sentry
}

resource "google_pubsub_topic" "alarms" {
  #checkov:skip=CKV_GCP_83:What an alarm says is no secret; Google's own key encrypts it.
  count = local.tells ? 1 : 0

  project                    = var.project
  name                       = "alarms"
  message_retention_duration = "86400s"

  depends_on = [time_sleep.apis]
}

# Monitoring's own account exists once the first channel of this kind does.
resource "google_pubsub_topic_iam_member" "monitoring" {
  count = local.tells ? 1 : 0

  project = var.project
  topic   = google_pubsub_topic.alarms[0].name
  role    = "roles/pubsub.publisher"
  member  = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-monitoring-notification.iam.gserviceaccount.com"

  depends_on = [module.observability]
}

resource "google_pubsub_subscription" "alarms" {
  count = local.tells ? 1 : 0

  project                    = var.project
  name                       = "alarms"
  topic                      = google_pubsub_topic.alarms[0].id
  ack_deadline_seconds       = local.limits.sweep.deadline_seconds
  message_retention_duration = "86400s"

  # Alarms may be years apart.
  expiration_policy {
    ttl = ""
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  push_config {
    push_endpoint = "${local.urls.sweep}/alarms"

    oidc_token {
      service_account_email = google_service_account.tasks.email
      audience              = local.urls.sweep
    }
  }
}
