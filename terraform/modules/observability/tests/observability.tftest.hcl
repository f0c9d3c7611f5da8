# What an environment gets, and that each wrong value is refused.

provider "google" {}

variables {
  environment     = "staging"
  project         = "nanobanana-staging"
  region          = "europe-west1"
  services        = { webhook = "webhook", bot = "bot", image = "image", sweep = "sweep" }
  public_hosts    = { webhook = "webhook-123.europe-west1.run.app" }
  queues          = { bot = "projects/nanobanana-staging/locations/europe-west1/queues/bot", image = "image" }
  alert_emails    = ["ann@nanobanana.dev", "ben@nanobanana.dev"]
  billing_account = "012345-6789AB-CDEF01"
  budget_monthly  = { units = 300, currency = "USD" }
}

run "everything" {
  assert {
    condition = toset(values(output.metrics)) == toset([for name in [
      "requests", "request_ms", "jobs", "waited_ms", "declines", "model_ms", "attempts_failed", "cost_usd_micros",
      "credits", "dead_work", "ledger_mismatches", "accepted", "people", "gifts", "ratings", "shares", "payments", "payment_gaps", "spend_levels", "model_fallbacks", "answer_begun_ms", "answers",
      "words_cost_usd_micros", "webhook_looks", "alarm_tests", "errors_logged", "breakglass", "calls", "instance_faults", "release_refusals", "release_unanswered", "release_drifts", "release_webhook_looks",
    ] : "logging.googleapis.com/user/nanobanana/${name}"])
    error_message = "The deployer and the dashboard read metrics by these names."
  }
  assert {
    condition     = alltrue([for metric in google_logging_metric.this : strcontains(metric.filter, "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=(\"bot\" OR \"image\" OR \"sweep\" OR \"webhook\") AND jsonPayload.event=(\"")])
    error_message = "Only lines of our own services count, each by its event."
  }
  assert {
    condition     = google_logging_metric.this["requests"].label_extractors == tomap({ function = "EXTRACT(jsonPayload.function)", status = "EXTRACT(jsonPayload.status)" })
    error_message = "The deployer tells answers apart by function and status."
  }
  assert {
    condition     = join(" ", keys(google_logging_metric.this["jobs"].label_extractors)) == "code medium outcome"
    error_message = "The deployer tells ends of jobs apart by outcome, code and medium."
  }
  assert {
    condition = alltrue([for metric in google_logging_metric.this :
      (metric.metric_descriptor[0].value_type == "DISTRIBUTION") == (metric.value_extractor != null && length(metric.bucket_options) == 1)
    ])
    error_message = "A distribution has a value and buckets, a counter neither."
  }
  assert {
    condition     = alltrue([for metric in google_logging_metric.this : join(" ", sort([for label in metric.metric_descriptor[0].labels : label.key])) == join(" ", keys(metric.label_extractors))])
    error_message = "Every declared label is extracted, and the other way round."
  }
  assert {
    condition = toset(keys(output.alert_policies)) == toset([
      "alarm-test", "answers-cut", "answers-late", "breakglass", "budget", "dead-work", "errors", "errors-logged", "failing-jobs", "instance-faults", "ledger-mismatch", "log-sink", "model-gone",
      "payment-gap", "queue-late", "queue-stuck", "release-drift", "release-refused", "release-unanswered", "release-webhook", "releases-silent", "slo-burn-fast", "slo-burn-slow", "spend-cap", "sweep-silent", "tasks-failing",
      "telegram-webhook", "uptime", "webhook-slow", "webhook-strangers",
    ])
    error_message = "These are the policies that have a page each."
  }
  assert {
    condition = alltrue([for policy in concat(
      values(google_monitoring_alert_policy.query), values(google_monitoring_alert_policy.burn), [google_monitoring_alert_policy.uptime],
    ) : length(policy.notification_channels) == 2 && endswith(policy.documentation[0].content, "docs/runbooks/${policy.user_labels.runbook}.md")])
    error_message = "Each policy tells everybody and names its page."
  }
  assert {
    condition     = alltrue([for policy in google_monitoring_alert_policy.query : policy.conditions[0].condition_prometheus_query_language[0].disable_metric_validation])
    error_message = "The first apply comes before the first line: no metric from logs exists then."
  }
  assert {
    condition     = strcontains(google_monitoring_alert_policy.query["queue-late"].conditions[0].condition_prometheus_query_language[0].query, "queue_id=~'bot|image'")
    error_message = "Queues are asked for by their short ids."
  }
  assert {
    condition     = endswith(google_monitoring_alert_policy.query["budget"].conditions[0].condition_prometheus_query_language[0].query, "> 20")
    error_message = "Twice a thirtieth of the budget in a day is too fast."
  }
  assert {
    condition     = alltrue([for metric in ["cost_usd_micros", "words_cost_usd_micros"] : strcontains(google_monitoring_alert_policy.query["budget"].conditions[0].condition_prometheus_query_language[0].query, "_${metric}_sum")])
    error_message = "Pictures and words are paid from one budget."
  }
  assert {
    condition = alltrue([for policy in google_monitoring_alert_policy.burn :
      policy.combiner == "AND" && length(policy.conditions) == 2 && alltrue([for each in policy.conditions : strcontains(each.condition_threshold[0].filter, google_monitoring_slo.webhook.name)])
    ])
    error_message = "A burn is both long and recent."
  }
  assert {
    condition     = google_monitoring_slo.webhook.goal == 0.999 && google_monitoring_slo.webhook.rolling_period_days == 30
    error_message = "99.9 % over 30 days."
  }
  assert {
    condition     = strcontains(google_monitoring_slo.webhook.request_based_sli[0].good_total_ratio[0].bad_service_filter, "service_name=\"webhook\"") && endswith(google_monitoring_slo.webhook.request_based_sli[0].good_total_ratio[0].bad_service_filter, "response_code_class=\"5xx\"")
    error_message = "What is bad is the webhook's 5xx."
  }
  assert {
    condition = alltrue([
      google_monitoring_uptime_check_config.health["webhook"].http_check[0].path == "/health",
      google_monitoring_uptime_check_config.health["webhook"].http_check[0].use_ssl,
      google_monitoring_uptime_check_config.health["webhook"].http_check[0].validate_ssl,
      google_monitoring_uptime_check_config.health["webhook"].monitored_resource[0].labels.host == "webhook-123.europe-west1.run.app",
    ])
    error_message = "The webhook is asked for /health, over TLS, by its public name."
  }
  assert {
    condition     = google_billing_budget.monthly[0].amount[0].specified_amount[0].units == "300" && length(google_billing_budget.monthly[0].all_updates_rule[0].monitoring_notification_channels) == 2
    error_message = "The budget is what was asked for, and told to the same people."
  }
  assert {
    condition     = length(flatten([for board in google_monitoring_dashboard.this : [for tile in jsondecode(board.dashboard_json).mosaicLayout.tiles : tile if try(tile.widget.sectionHeader, null) != null]])) == 15
    error_message = "The six dashboards have these sections."
  }
  assert {
    condition     = [for name, board in google_monitoring_dashboard.this : length(distinct([for tile in jsondecode(board.dashboard_json).mosaicLayout.tiles : "${try(tile.xPos, 0)},${try(tile.yPos, 0)}"]))] == [7, 11, 8, 8, 12, 10]
    error_message = "No two tiles have the same place."
  }
  assert {
    condition     = alltrue([for board in google_monitoring_dashboard.this : !can(regex(":(0|false|\"\")[,}]", board.dashboard_json))])
    error_message = "Monitoring leaves out what is 0, empty or false, and the next plan would see a change."
  }
}

run "with_opentelemetry" {
  command = plan
  variables { has_telemetry = true }
  assert {
    condition     = [for name, board in google_monitoring_dashboard.this : name if strcontains(board.dashboard_json, "By OpenTelemetry")] == ["errors", "performance"]
    error_message = "Its metrics are shown where they are sent."
  }
}

run "without_a_billing_account" {
  variables {
    billing_account = null
    environment     = "dev"
    alert_emails    = []
    budget_monthly  = { units = 50, currency = "EUR" }
  }

  assert {
    condition     = length(google_billing_budget.monthly) == 0 && contains(keys(output.alert_policies), "budget")
    error_message = "No account, no budget of the cloud's; what the models cost is watched all the same."
  }
  assert {
    condition     = length(google_monitoring_notification_channel.email) == 0
    error_message = "A dev environment may wake nobody."
  }
}

run "a_budget_that_nobody_is_mailed_about" {
  variables {
    environment  = "dev"
    alert_emails = []
  }

  assert {
    condition     = length(google_billing_budget.monthly) == 1 && length(google_billing_budget.monthly[0].all_updates_rule) == 0
    error_message = "A rule without channels is not stored, and would be a change in every plan."
  }
}

run "a_currency_far_from_the_dollar" {
  command = plan
  variables { budget_monthly = { units = 50000, currency = "JPY" } }

  assert {
    condition     = !contains(keys(google_monitoring_alert_policy.query), "budget")
    error_message = "A query in dollars says nothing about yen."
  }
}

run "another_service_name" {
  command = plan
  variables {
    services = { webhook = "front-door", sweep = "sweep" }
  }

  assert {
    condition     = strcontains(google_monitoring_slo.webhook.request_based_sli[0].good_total_ratio[0].good_service_filter, "service_name=\"front-door\"")
    error_message = "Cloud Run's own metrics are asked for by the service's name."
  }
}

run "no_such_environment" {
  command = plan
  variables { environment = "test" }
  expect_failures = [var.environment]
}

run "project_is_a_number" {
  command = plan
  variables { project = "123" }
  expect_failures = [var.project]
}

run "zone_is_no_region" {
  command = plan
  variables { region = "europe-west1-b" }
  expect_failures = [var.region]
}

run "no_sweep" {
  command = plan
  variables { services = { webhook = "webhook" } }
  expect_failures = [var.services]
}

run "service_with_capitals" {
  command = plan
  variables { services = { webhook = "Webhook", sweep = "sweep" } }
  expect_failures = [var.services]
}

run "nothing_public" {
  command = plan
  variables { public_hosts = {} }
  expect_failures = [var.public_hosts]
}

run "public_but_unknown" {
  command = plan
  variables { public_hosts = { webhook = "a.run.app", api = "b.run.app" } }
  expect_failures = [var.public_hosts]
}

run "url_is_no_host" {
  command = plan
  variables { public_hosts = { webhook = "https://a.run.app" } }
  expect_failures = [var.public_hosts]
}

run "no_queues" {
  command = plan
  variables { queues = {} }
  expect_failures = [var.queues]
}

run "queue_of_another_shape" {
  command = plan
  variables { queues = { bot = "queues/bot" } }
  expect_failures = [var.queues]
}

run "no_address" {
  command = plan
  variables { alert_emails = ["ann"] }
  expect_failures = [var.alert_emails]
}

run "address_twice" {
  command = plan
  variables { alert_emails = ["ann@nanobanana.dev", "ann@nanobanana.dev"] }
  expect_failures = [var.alert_emails]
}

run "address_of_an_example" {
  command = plan
  variables { alert_emails = ["alerts@example.com"] }
  expect_failures = [var.alert_emails]
}

run "address_below_an_example" {
  command = plan
  variables { alert_emails = ["Ann@mail.Example.org"] }
  expect_failures = [var.alert_emails]
}

run "address_of_nobody" {
  command = plan
  variables { alert_emails = ["ann@nanobanana.test"] }
  expect_failures = [var.alert_emails]
}

run "address_to_fill_in" {
  command = plan
  variables { alert_emails = ["you@nanobanana.dev"] }
  expect_failures = [var.alert_emails]
}

run "address_like_an_example" {
  command = plan
  variables { alert_emails = ["example@counterexample.com", "test@attest.dev"] }

  assert {
    condition     = length(google_monitoring_notification_channel.email) == 2
    error_message = "Only the reserved names are examples."
  }
}

run "before_it_is_set_up" {
  command = plan
  variables {
    alert_emails    = ["alerts@example.com"]
    billing_account = "000000-000000-000000"
  }

  assert {
    condition     = length(google_monitoring_notification_channel.email) == 1
    error_message = "The repository's own values pass the checks; Google refuses the account at the first apply."
  }
}

run "production_wakes_nobody" {
  command = plan
  variables {
    environment  = "production"
    alert_emails = []
  }
  expect_failures = [var.alert_emails]
}

run "billing_account_with_its_path" {
  command = plan
  variables { billing_account = "billingAccounts/012345-6789AB-CDEF01" }
  expect_failures = [var.billing_account]
}

run "budget_of_nothing" {
  command = plan
  variables { budget_monthly = { units = 0, currency = "USD" } }
  expect_failures = [var.budget_monthly]
}

run "budget_with_cents" {
  command = plan
  variables { budget_monthly = { units = 9.5, currency = "USD" } }
  expect_failures = [var.budget_monthly]
}

run "currency_sign" {
  command = plan
  variables { budget_monthly = { units = 9, currency = "$" } }
  expect_failures = [var.budget_monthly]
}

run "in_a_chat_too" {
  command = plan
  variables {
    notice_topic = "projects/nanobanana-staging/topics/alarms"
    runbooks_url = "https://a.dev/docs/runbooks"
  }

  assert {
    condition     = length(google_monitoring_notification_channel.chat) == 1 && google_monitoring_notification_channel.chat[0].labels.topic == "projects/nanobanana-staging/topics/alarms"
    error_message = "Alarms are published beside the mails."
  }
  assert {
    condition     = endswith(google_monitoring_alert_policy.query["errors"].documentation[0].content, "https://a.dev/docs/runbooks/errors.md")
    error_message = "The page is a link where it is known where the pages are."
  }
  assert {
    condition     = length(google_billing_budget.monthly[0].all_updates_rule[0].monitoring_notification_channels) <= 2
    error_message = "A budget can only be mailed."
  }
}
