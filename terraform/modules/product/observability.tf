# Metrics, dashboard, objective and alerts.

module "observability" {
  source = "../observability"

  environment     = var.environment
  project         = var.project
  region          = var.region
  services        = { for name in keys(local.functions) : name => module.function[name].service }
  public_hosts    = { for name, function in local.functions : name => local.hosts[name] if function.public }
  queues          = { for name in keys(local.queue_functions) : name => module.queue[name].name }
  alert_emails    = var.alert_emails
  notice_topic    = local.tells ? "projects/${var.project}/topics/alarms" : null # known before the topic is made
  runbooks_url    = try(var.notice_chat.runbooks_url, null)
  has_telemetry   = var.telemetry != null
  billing_account = var.billing_account
  budget_monthly  = var.budget_monthly

  depends_on = [time_sleep.apis, google_pubsub_topic.alarms]
}
