# Rings when copies stop: with one every half hour, before the newest is two hours old. It lives here, so it also rings
# when the product's project is gone.

locals {
  # A line is written when a copy is whole. It may take twenty minutes, and one copy may fail.
  silent_minutes = 2 * var.every_minutes + 50
  copies_metric  = "logging_googleapis_com:user_nanobanana_outside_copies"
  look           = "monitored_resource='workflows.googleapis.com/Workflow'"
}

resource "google_logging_metric" "copies" {
  project     = var.project
  name        = "nanobanana/outside_copies"
  description = "Copies that are whole, by part: database or media."
  filter      = "resource.type=\"workflows.googleapis.com/Workflow\" AND jsonPayload.event=\"outside_copy_made\""

  label_extractors = { part = "EXTRACT(jsonPayload.part)" }

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = "INT64"
    unit         = "1"
    display_name = "nanobanana/outside_copies"

    labels {
      key        = "part"
      value_type = "STRING"
    }
  }

  depends_on = [time_sleep.apis]
}

resource "google_monitoring_notification_channel" "email" {
  for_each = toset(var.alert_emails)

  project      = var.project
  display_name = each.value
  type         = "email"
  labels       = { email_address = each.value }
  force_delete = true

  depends_on = [time_sleep.apis]
}

resource "google_monitoring_alert_policy" "old" {
  project               = var.project
  display_name          = "${var.environment}: outside-copy-old"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = [for channel in google_monitoring_notification_channel.email : channel.id]
  user_labels           = { environment = var.environment, runbook = "outside-copy-old" }

  conditions {
    display_name = "The newest outside copy is too old"
    condition_prometheus_query_language {
      query = join(" or on () ", [
        for part in ["database", "media"] :
        "(vector(1) unless on () sum(increase(${local.copies_metric}{${local.look},part='${part}'}[${local.silent_minutes}m])) > 0)"
      ])
      duration                  = "0s"
      evaluation_interval       = "60s"
      disable_metric_validation = true
    }
  }

  alert_strategy {
    auto_close = "86400s"
  }

  documentation {
    subject = "${var.environment}: the newest outside copy is too old"
    content = "The newest copy of the database or of the pictures outside the project is too old.\n\nWhat to do: docs/runbooks/outside-copy-old.md"
  }

  depends_on = [google_logging_metric.copies]
}
