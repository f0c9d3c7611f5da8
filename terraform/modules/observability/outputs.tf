output "dashboard_urls" {
  description = "Name of each dashboard → its address, for a browser."
  value       = { for name, board in google_monitoring_dashboard.this : name => "https://console.cloud.google.com/monitoring/dashboards/builder/${basename(board.id)}?project=${var.project}" }
}

output "metrics" {
  description = "Short name → full type of each metric from logs."
  value       = { for name, metric in merge(google_logging_metric.this, google_logging_metric.platform) : name => "logging.googleapis.com/user/${metric.name}" }
}

output "alert_policies" {
  description = "Name of each alert policy, which is also the name of its page in docs/runbooks → its resource name."
  value = merge(
    { for name, policy in google_monitoring_alert_policy.query : name => policy.name },
    { for name, policy in google_monitoring_alert_policy.burn : name => policy.name },
    { uptime = google_monitoring_alert_policy.uptime.name },
  )
}

output "slo" {
  description = "Resource name of the webhook's objective."
  value       = google_monitoring_slo.webhook.name
}
