# The objective: 99.9 % of Telegram's calls succeed. Cloud Run counts them, including calls that never reached the code
# (no instance, a crash, a timeout). Refused calls (401 for a wrong secret) count as neither good nor bad.

locals {
  slo_goal = 0.999

  webhook_requests = join(" AND ", [
    "metric.type=\"run.googleapis.com/request_count\"",
    "resource.type=\"cloud_run_revision\"",
    "resource.labels.service_name=\"${var.services["webhook"]}\"",
    "resource.labels.location=\"${var.region}\"",
  ])

  # The burn rates: 2 % of the month's error budget in an hour, 5 % in six hours (SRE workbook, chapter 5). The rate must
  # be exceeded over the long window and the short one, so that the alert ends soon after its cause.
  burns = {
    slo-burn-fast = { rate = 14.4, windows = ["3600s", "300s"], severity = "CRITICAL" }
    slo-burn-slow = { rate = 6, windows = ["21600s", "1800s"], severity = "WARNING" }
  }
}

resource "google_monitoring_custom_service" "webhook" {
  project      = var.project
  service_id   = "nanobanana-webhook"
  display_name = "NanoBanana webhook, ${var.environment}"
}

resource "google_monitoring_slo" "webhook" {
  project             = var.project
  service             = google_monitoring_custom_service.webhook.service_id
  slo_id              = "accepted"
  display_name        = "99.9 % of Telegram's calls are taken, over 30 days"
  goal                = local.slo_goal
  rolling_period_days = 30

  request_based_sli {
    good_total_ratio {
      good_service_filter = "${local.webhook_requests} AND metric.labels.response_code_class=\"2xx\""
      bad_service_filter  = "${local.webhook_requests} AND metric.labels.response_code_class=\"5xx\""
    }
  }
}

resource "google_monitoring_alert_policy" "burn" {
  for_each = local.burns

  project               = var.project
  display_name          = "${var.environment}: ${each.key}"
  combiner              = "AND"
  severity              = each.value.severity
  notification_channels = local.channels
  user_labels           = { environment = var.environment, runbook = each.key }

  dynamic "conditions" {
    for_each = each.value.windows
    content {
      display_name = "The error budget burns more than ${each.value.rate} times too fast over ${conditions.value}"
      condition_threshold {
        filter          = "select_slo_burn_rate(\"${google_monitoring_slo.webhook.name}\", \"${conditions.value}\")"
        comparison      = "COMPARISON_GT"
        threshold_value = each.value.rate
        duration        = "0s"
        trigger {
          count = 1
        }
      }
    }
  }

  alert_strategy {
    auto_close = "86400s"
  }

  documentation {
    subject = "${var.environment}: Telegram's calls fail"
    content = "The webhook loses its error budget.\n\nWhat to do: ${local.runbooks}/${each.key}.md"
  }
}
