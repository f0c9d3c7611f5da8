# The alert policies and their recipients. Each policy names its page in docs/runbooks.

resource "google_monitoring_notification_channel" "email" {
  for_each = toset(var.alert_emails)

  project      = var.project
  display_name = each.value
  type         = "email"
  labels       = { email_address = each.value }

  # Without this a removed address would be destroyed before the policies that name it are changed, which is refused.
  force_delete = true
}

# The operators' chat.
resource "google_monitoring_notification_channel" "chat" {
  count = var.notice_topic == null ? 0 : 1

  project      = var.project
  display_name = "Telegram"
  type         = "pubsub"
  labels       = { topic = var.notice_topic }
  force_delete = true
}

locals {
  mails    = [for channel in google_monitoring_notification_channel.email : channel.id]
  channels = concat(local.mails, [for channel in google_monitoring_notification_channel.chat : channel.id])

  # Where the pages are; a link where it is known.
  runbooks = coalesce(var.runbooks_url, "docs/runbooks")

  # PromQL names of metrics; a query of a log-based metric must name its monitored resource.
  own = "logging_googleapis_com:user_nanobanana"
  run = "monitored_resource='cloud_run_revision'"

  # Whether the webhook answered a probe with our own /health: the first release is out, and its functions have to work.
  served        = "max(max_over_time(monitoring_googleapis_com:uptime_check_check_passed{monitored_resource='uptime_url',check_id='${local.webhook_check}'}[15m])) > 0"
  webhook_check = google_monitoring_uptime_check_config.health["webhook"].uptime_check_id

  queue_ids = [for queue in values(var.queues) : basename(queue)]
  tasks     = "monitored_resource='cloud_tasks_queue',queue_id=~'${join("|", sort(local.queue_ids))}'"

  # Budgets in these currencies count as dollars, because the factor of two is coarser than the exchange rates. For other
  # currencies the policy is not created.
  near_dollar = ["USD", "EUR", "GBP", "CHF"]

  # Name of the policy and of its page → the condition: the query returns something for this long.
  alerts = {
    webhook-slow = {
      title    = "Telegram waits for the webhook: p95 above 2 s"
      severity = "ERROR"
      seconds  = 300
      query    = <<-QUERY
        histogram_quantile(0.95, sum by (le) (increase(${local.own}_request_ms_bucket{${local.run},function='webhook'}[10m]))) > 2000
        and on () sum(increase(${local.own}_request_ms_count{${local.run},function='webhook'}[10m])) >= 10
      QUERY
    }
    errors = {
      title    = "More than 5 % of a function's calls end with 5xx, whether it ran or not"
      severity = "ERROR"
      seconds  = 300
      query    = <<-QUERY
        sum by (service_name) (increase(${local.own}_calls{${local.run},status=~'5..'}[10m]))
        / sum by (service_name) (increase(${local.own}_calls{${local.run}}[10m])) > 0.05
        and sum by (service_name) (increase(${local.own}_calls{${local.run},status=~'5..'}[10m])) >= 5
      QUERY
    }
    tasks-failing = {
      title    = "More than a fifth of a queue's attempts fail: nobody lets them in, or the function is dead"
      severity = "CRITICAL"
      seconds  = 120
      # The label's values are not documented in one way: OK, ok and 200 are all seen. An update that our code cannot handle
      # fails five times and is put away: that rings elsewhere.
      query = <<-QUERY
        sum by (queue_id) (increase(cloudtasks_googleapis_com:queue_task_attempt_count{${local.tasks},response_code!~'(?i:ok)|2..'}[10m]))
        / sum by (queue_id) (increase(cloudtasks_googleapis_com:queue_task_attempt_count{${local.tasks}}[10m])) > 0.2
        and sum by (queue_id) (increase(cloudtasks_googleapis_com:queue_task_attempt_count{${local.tasks},response_code!~'(?i:ok)|2..'}[10m])) >= 8
      QUERY
    }
    queue-stuck = {
      title    = "A queue has tasks and hands out none for 15 minutes: somebody has paused it"
      severity = "CRITICAL"
      seconds  = 0
      # At a spending cap tasks wait for the next hour.
      query = <<-QUERY
        min by (queue_id) (min_over_time(cloudtasks_googleapis_com:queue_depth{${local.tasks}}[15m])) > 0
        unless on (queue_id) sum by (queue_id) (increase(cloudtasks_googleapis_com:queue_task_attempt_count{${local.tasks}}[15m])) > 0
        unless on () sum(increase(${local.own}_spend_levels{${local.run},percent='100'}[1h])) > 0
      QUERY
    }
    instance-faults = {
      title    = "A function's instances die, do not start, or are too few"
      severity = "ERROR"
      seconds  = 0
      query    = "sum by (service_name) (increase(${local.own}_instance_faults{${local.run}}[10m])) >= 5"
    }
    telegram-webhook = {
      title    = "Telegram does not reach us: its webhook is gone, leads elsewhere, fails, or cannot be asked about"
      severity = "CRITICAL"
      seconds  = 0
      query    = <<-QUERY
        sum by (trouble) (increase(${local.own}_webhook_looks{${local.run},trouble!='none'}[10m])) >= 5
        or on () (${local.served} unless on () sum(increase(${local.own}_webhook_looks{${local.run}}[15m])) > 0)
      QUERY
    }
    webhook-strangers = {
      title    = "More than half of the webhook's calls carry a wrong secret or none"
      severity = "ERROR"
      seconds  = 300
      query    = <<-QUERY
        sum(increase(${local.own}_requests{${local.run},function='webhook',status='401'}[10m]))
        / sum(increase(${local.own}_requests{${local.run},function='webhook'}[10m])) > 0.5
        and on () sum(increase(${local.own}_requests{${local.run},function='webhook',status='401'}[10m])) >= 10
      QUERY
    }
    failing-jobs = {
      title    = "More than a fifth of the jobs fail through us or the provider"
      severity = "ERROR"
      seconds  = 300
      query    = <<-QUERY
        sum by (medium) (increase(${local.own}_jobs{${local.run},outcome='failed'}[30m]))
        / sum by (medium) (increase(${local.own}_jobs{${local.run}}[30m])) > 0.2
        and sum by (medium) (increase(${local.own}_jobs{${local.run},outcome='failed'}[30m])) >= 5
      QUERY
    }
    queue-late = {
      title    = "A queue is late: p95 of the tasks waits over 60 s past its time, or 1,000 are there"
      severity = "ERROR"
      seconds  = 300
      query    = <<-QUERY
        histogram_quantile(0.95, sum by (le, queue_id) (increase(cloudtasks_googleapis_com:queue_task_attempt_delays_bucket{${local.tasks}}[10m]))) > 60000
        or sum by (queue_id) (cloudtasks_googleapis_com:queue_depth{${local.tasks}}) > 1000
      QUERY
    }
    answers-late = {
      title    = "The first words of an answer come late: p95 above 15 s"
      severity = "ERROR"
      seconds  = 300
      query    = <<-QUERY
        histogram_quantile(0.95, sum by (le) (increase(${local.own}_answer_begun_ms_bucket{${local.run}}[10m]))) > 15000
        and on () sum(increase(${local.own}_answer_begun_ms_count{${local.run}}[10m])) >= 10
      QUERY
    }
    answers-cut = {
      title    = "More than a fifth of the answers end in the middle, and no person stopped them"
      severity = "ERROR"
      seconds  = 300
      query    = <<-QUERY
        sum(increase(${local.own}_answers{${local.run},ending='cut'}[30m]))
        / sum(increase(${local.own}_answers{${local.run}}[30m])) > 0.2
        and on () sum(increase(${local.own}_answers{${local.run},ending='cut'}[30m])) >= 5
      QUERY
    }
    dead-work = {
      title    = "Work is dead: no retry will end it"
      severity = "ERROR"
      seconds  = 0
      query    = "sum by (event) (increase(${local.own}_dead_work{${local.run}}[15m])) > 0"
    }
    errors-logged = {
      title    = "An error in the log that stops nothing and that no retry mends: somebody has to look"
      severity = "ERROR"
      seconds  = 0
      query    = "sum by (event) (increase(${local.own}_errors_logged{${local.run}}[15m])) > 0"
    }
    log-sink = {
      title    = "Lines of the log do not reach the place to which a sink copies them"
      severity = "WARNING"
      seconds  = 0
      # Of all sinks of the project: `business` brings the events to BigQuery.
      query = "sum by (name) (increase(logging_googleapis_com:exports_error_count{monitored_resource='logging_sink'}[1h])) > 0"
    }
    sweep-silent = {
      title    = "Nobody repairs: the sweep has not ended well for 15 minutes"
      severity = "CRITICAL"
      seconds  = 0
      # As long as it lasts: nothing here looks back further than 15 minutes.
      query = <<-QUERY
        ${local.served}
        unless on () sum(increase(${local.own}_requests{${local.run},function='sweep',status='200'}[15m])) > 0
      QUERY
    }
    release-refused = {
      title    = "Steps of releases are refused that no workflow or member of ours should try"
      severity = "WARNING"
      seconds  = 0
      # One may be a race or a button pressed twice.
      query = "sum by (need) (increase(${local.own}_release_refusals{${local.run},need=~'no-step|other-run|replayed|repository|role'}[15m])) >= 3"
    }
    release-drift = {
      title    = "The releases' documents name another release than the one that runs"
      severity = "ERROR"
      seconds  = 0
      # It is looked at every minute, and a report may come minutes after the traffic.
      query = "sum(increase(${local.own}_release_drifts{${local.run}}[15m])) >= 10"
    }
    release-unanswered = {
      title    = "Nobody has answered a candidate for a day"
      severity = "WARNING"
      seconds  = 0
      query    = "sum(increase(${local.own}_release_unanswered{${local.run}}[15m])) > 0"
    }
    release-webhook = {
      title    = "Telegram does not reach the release bot: nobody can agree to a release or take one back there"
      severity = "ERROR"
      seconds  = 0
      query    = "sum by (trouble) (increase(${local.own}_release_webhook_looks{${local.run},trouble!='none'}[10m])) >= 5"
    }
    releases-silent = {
      title    = "Nobody looks after releases: their deadlines and unsent messages wait for 15 minutes"
      severity = "ERROR"
      seconds  = 0
      query    = <<-QUERY
        ${local.served}
        unless on () sum(increase(${local.own}_requests{${local.run},function='releases',status='200'}[15m])) > 0
      QUERY
    }
    breakglass = {
      title    = "Somebody let an image run that the build has not attested"
      severity = "CRITICAL"
      seconds  = 0
      query    = "sum by (service_name) (increase(${local.own}_breakglass{${local.run}}[15m])) > 0"
    }
    alarm-test = {
      title    = "The weekly test alarm: nothing is wrong, if you see it"
      severity = "WARNING"
      seconds  = 0
      query    = "sum(increase(${local.own}_alarm_tests{${local.run}}[10m])) > 0"
    }
    ledger-mismatch = {
      title    = "The books do not balance"
      severity = "CRITICAL"
      seconds  = 0
      query    = "sum(increase(${local.own}_ledger_mismatches{${local.run}}[15m])) > 0"
    }
    payment-gap = {
      title    = "Telegram's list of payments and our books differ"
      severity = "ERROR"
      seconds  = 0
      query    = "sum by (kind, repaired) (increase(${local.own}_payment_gaps{${local.run}}[15m])) > 0"
    }
    model-gone = {
      title    = "A model that is sold is gone: there are no pictures of it, or another paints them"
      severity = "ERROR"
      seconds  = 0
      query    = "sum by (event, model_id) (increase(${local.own}_model_fallbacks{${local.run}}[15m])) > 0"
    }
    spend-cap = {
      title    = "Half, four fifths or all of what models may cost in an hour or a day is spent"
      severity = "ERROR"
      seconds  = 0
      query    = "sum by (window, percent) (increase(${local.own}_spend_levels{${local.run}}[15m])) > 0"
    }
    budget = {
      title    = "The models cost twice what a day of the budget allows"
      severity = "ERROR"
      seconds  = 0
      # Unlike the cloud's own budget, which is up to a day late. It counts dollars: see `near_dollar`.
      query = "((sum(increase(${local.own}_cost_usd_micros_sum{${local.run}}[1d])) or vector(0)) + (sum(increase(${local.own}_words_cost_usd_micros_sum{${local.run}}[1d])) or vector(0))) / 1000000 > ${ceil(var.budget_monthly.units / 15)}"
    }
  }
}

resource "google_monitoring_alert_policy" "query" {
  for_each = { for name, alert in local.alerts : name => alert if name != "budget" || contains(local.near_dollar, var.budget_monthly.currency) }

  project               = var.project
  display_name          = "${var.environment}: ${each.key}"
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = local.channels
  user_labels           = { environment = var.environment, runbook = each.key }

  conditions {
    display_name = each.value.title
    condition_prometheus_query_language {
      query               = trimspace(each.value.query)
      duration            = "${each.value.seconds}s"
      evaluation_interval = "60s"
      # A log-based metric exists only after its first line was written, which is after the first release.
      disable_metric_validation = true
    }
  }

  alert_strategy {
    auto_close = "86400s"
  }

  documentation {
    subject = "${var.environment}: ${each.value.title}"
    content = "${each.value.title}.\n\nWhat to do: ${local.runbooks}/${each.key}.md"
  }
}
