# Probed from outside, like Telegram's calls. The response must come from the function: a placeholder does not count.

resource "google_monitoring_uptime_check_config" "health" {
  for_each = var.public_hosts

  project      = var.project
  display_name = "${var.environment}: ${each.key} /health"
  period       = each.key == "releases" ? "300s" : "60s" # a million probes a month are free; only our team calls it
  timeout      = "10s"

  http_check {
    path           = "/health"
    port           = 443
    use_ssl        = true
    validate_ssl   = true
    request_method = "GET"
  }

  content_matchers {
    content = each.key
    matcher = "MATCHES_JSON_PATH"
    json_path_matcher {
      json_path    = "$.function"
      json_matcher = "REGEX_MATCH"
    }
  }

  monitored_resource {
    type   = "uptime_url"
    labels = { project_id = var.project, host = each.value }
  }
}

resource "google_monitoring_alert_policy" "uptime" {
  project               = var.project
  display_name          = "${var.environment}: uptime"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = local.channels
  user_labels           = { environment = var.environment, runbook = "uptime" }

  dynamic "conditions" {
    for_each = google_monitoring_uptime_check_config.health
    content {
      display_name = "${conditions.key} does not answer /health, seen from two places"
      condition_threshold {
        filter = join(" AND ", [
          "metric.type=\"monitoring.googleapis.com/uptime_check/check_passed\"",
          "metric.labels.check_id=\"${conditions.value.uptime_check_id}\"",
          "resource.type=\"uptime_url\"",
        ])
        comparison      = "COMPARISON_GT"
        threshold_value = 1
        duration        = "120s"
        aggregations {
          alignment_period     = conditions.key == "releases" ? "900s" : "300s"
          per_series_aligner   = "ALIGN_NEXT_OLDER"
          cross_series_reducer = "REDUCE_COUNT_FALSE"
          group_by_fields      = ["resource.label.host"]
        }
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
    subject = "${var.environment}: not to be reached"
    content = "A public function does not answer.\n\nWhat to do: ${local.runbooks}/uptime.md"
  }
}
