# Metrics from the log lines of the functions (shared/logs.py). The deployer judges releases by some of them: their
# names and labels are part of its interface (infra/deploy/metrics.py). tests/infra/test_observability.py checks that
# the code logs every event and field named here.

locals {
  # events: the `event` of the lines to count. labels: label → field. value: the field whose values form a
  # distribution; null: lines are counted. A sum, such as of credits, exists only as a part of a distribution.
  metrics = {
    release_refusals = {
      about  = "Steps of releases that were refused, by what was missing."
      events = ["release_refused"]
      where  = null
      labels = { need = "need" }
      value  = null
      unit   = "1"
    }
    release_drifts = {
      about  = "Looks that found another release running than the releases' documents name."
      events = ["release_drifted"]
      where  = null
      labels = {}
      value  = null
      unit   = "1"
    }
    release_unanswered = {
      about  = "Looks at a candidate that nobody has answered for a day."
      events = ["release_unanswered"]
      where  = null
      labels = {}
      value  = null
      unit   = "1"
    }
    release_webhook_looks = {
      about  = "Looks at what Telegram says of the release bot's webhook, one a minute, by what is wrong: `none`, or its name."
      events = ["release_webhook_looked_at"]
      where  = null
      labels = { trouble = "trouble" }
      value  = null
      unit   = "1"
    }
    requests = {
      about  = "Calls that were answered, but for probes."
      events = ["request_answered"]
      where  = null
      labels = { function = "function", status = "status" }
      value  = null
      unit   = "1"
    }
    request_ms = {
      about  = "How long a call took in the function, without the start of an instance."
      events = ["request_answered"]
      where  = null
      labels = { function = "function" }
      value  = "ms"
      unit   = "ms"
    }
    jobs = {
      about  = "Jobs at their end: delivered, refused (it lay with the person) or failed (with us or a provider)."
      events = ["job_delivered", "job_refused", "job_canceled"]
      where  = null
      labels = { outcome = "outcome", code = "code", medium = "medium" }
      value  = null
      unit   = "1"
    }
    waited_ms = {
      about  = "From a person's message to the delivered picture."
      events = ["job_delivered"]
      where  = null
      labels = { medium = "medium", model = "model" }
      value  = "waited_ms"
      unit   = "ms"
    }
    answer_begun_ms = {
      about  = "From a person's question to the first words of its answer in the chat, the model's time included."
      events = ["answer_begun"]
      where  = null
      labels = { way = "way" }
      value  = "waited_ms"
      unit   = "ms"
    }
    answers = {
      about  = "Answers in words that were delivered: whole, stopped by the person, or cut by something else."
      events = ["job_delivered"]
      where  = "jsonPayload.medium=\"answer\""
      labels = { ending = "ending", way = "way" }
      value  = null
      unit   = "1"
    }
    declines = {
      about  = "Requests that were not taken, by code: no credits, too long, too many."
      events = ["request_declined"]
      where  = null
      labels = { code = "code", medium = "medium" }
      value  = null
      unit   = "1"
    }
    model_ms = {
      about  = "Calls of the model: how long, and what came of them."
      events = ["model_answered"]
      where  = null
      labels = { model = "model", outcome = "outcome" }
      value  = "ms"
      unit   = "ms"
    }
    attempts_failed = {
      about  = "Calls of the model without a usable picture; a busy one is asked again."
      events = ["attempt_failed"]
      where  = null
      labels = { outcome = "outcome" }
      value  = null
      unit   = "1"
    }
    cost_usd_micros = {
      about  = "What a picture costs us by the provider's list price, in millionths of a US dollar."
      events = ["model_answered"]
      where  = "jsonPayload.outcome=\"made\""
      labels = { model = "model", size = "size" }
      value  = "cost_usd_micros"
      unit   = "1"
    }
    words_cost_usd_micros = {
      about  = "What a call for words costs us: answers (stopped ones by our estimate), and messages that a model reads."
      events = ["model_answered"]
      where  = "jsonPayload.outcome!=\"made\" AND jsonPayload.cost_usd_micros>0"
      labels = { medium = "medium", model_id = "model_id" }
      value  = "cost_usd_micros"
      unit   = "1"
    }
    credits = {
      about  = "Credits that were granted or sold (credits_granted), spent (job_delivered) or given back (the others)."
      events = ["credits_granted", "job_delivered", "job_refused", "job_canceled"]
      where  = null
      labels = { event = "event" }
      value  = "credits"
      unit   = "1"
    }
    dead_work = {
      about  = "Work that no retry will end: a person has to look."
      events = ["job_given_up", "work_repeated", "document_unreadable", "update_quarantined"]
      # Bytes that are no update of Telegram are quarantined with a warning; nobody waits for them.
      where  = "NOT (jsonPayload.event=\"update_quarantined\" AND severity<ERROR)"
      labels = { event = "event" }
      value  = null
      unit   = "1"
    }
    model_fallbacks = {
      about  = "Models that are gone (model_gone), no longer stable (model_ending) or answered for by others (the rest)."
      events = ["model_ending", "model_fell_back", "model_gone", "model_rerouted"]
      where  = null
      labels = { event = "event", model_id = "model_id" }
      value  = null
      unit   = "1"
    }
    spend_levels = {
      about  = "Instances that saw 50, 80 or 100 % of a cap on what models cost; at 100 the product rests."
      events = ["spend_level_reached"]
      where  = null
      labels = { window = "window", percent = "percent" }
      value  = null
      unit   = "1"
    }
    payment_gaps = {
      about  = "Payments of which Telegram's list and our books differ, found in the night; `repaired`: by itself."
      events = ["payment_gap"]
      where  = null
      labels = { kind = "kind", repaired = "repaired" }
      value  = null
      unit   = "1"
    }
    webhook_looks = {
      about  = "Looks at what Telegram says of our webhook, one a minute, by what is wrong there: `none`, or its name."
      events = ["webhook_looked_at"]
      where  = null
      labels = { trouble = "trouble" }
      value  = null
      unit   = "1"
    }
    alarm_tests = {
      about  = "The weekly test alarm."
      events = ["alarm_rehearsed"]
      where  = null
      labels = {}
      value  = null
      unit   = "1"
    }
    ledger_mismatches = {
      about  = "Accounts that cannot be right, as a settlement or the nightly check met them."
      events = ["ledger_mismatched"]
      where  = null
      labels = {}
      value  = null
      unit   = "1"
    }
  }

  run_log = "projects/${var.project}/logs/run.googleapis.com"

  # Errors that have alarms of their own; a library's may be repaired by the next attempt.
  ringing_events = [
    "buying_stopped", "document_unreadable", "job_given_up", "ledger_mismatched", "library_logged", "payment_gap", "release_drifted",
    "request_failed", "update_quarantined",
  ]

  # Errors in our log, whatever their event, and lines of Cloud Run's own, which are there when our code was not.
  # run.googleapis.com/request_count leaves out what reached no instance: calls without the right to call, and those for
  # which there was no instance.
  platform_metrics = {
    calls = {
      about  = "Calls as Cloud Run answered them, but for probes; with those that reached no instance."
      where  = "logName=\"${local.run_log}%2Frequests\" AND NOT httpRequest.requestUrl=~\"/(health|ready|version)$\""
      labels = { status = "EXTRACT(httpRequest.status)" }
    }
    errors_logged = {
      about  = "Lines about an error that stops nothing and rings no other alarm, by their event: somebody has to look."
      where  = "severity>=ERROR AND jsonPayload.event:* AND NOT jsonPayload.event=(${join(" OR ", [for event in local.ringing_events : "\"${event}\""])})"
      labels = { event = "EXTRACT(jsonPayload.event)" }
    }
    instance_faults = {
      about = "Instances that died (memory, a crash) or did not start, and calls for which there was none."
      # In these filters OR binds tighter than AND.
      where = join(" OR ", [
        "(logName=\"${local.run_log}%2Fvarlog%2Fsystem\" AND textPayload=~\"Memory limit of|terminated on signal|called exit[(][1-9]|failed to start\")",
        "(logName=\"${local.run_log}%2Frequests\" AND textPayload:\"no available instance\")",
      ])
      labels = {}
    }
    breakglass = {
      about = "Revisions whose image somebody let run without an attestation."
      # Cloud Run writes these entries itself; nobody can switch that log off.
      where  = "logName=\"projects/${var.project}/logs/cloudaudit.googleapis.com%2Fsystem_event\" AND \"breakglass\""
      labels = {}
    }
  }

  # Percentiles need fine buckets, at most 25 % wide, from 5 ms to six minutes; sums do not.
  buckets = {
    ms  = { scale = 5, growth_factor = 1.25, num_finite_buckets = 50 }
    "1" = { scale = 1, growth_factor = 2, num_finite_buckets = 24 }
  }

  own_services = join(" OR ", [for service in sort(values(var.services)) : "\"${service}\""])
}

resource "google_logging_metric" "this" {
  for_each = merge(local.metrics, local.business_metrics)

  project     = var.project
  name        = "nanobanana/${each.key}"
  description = each.value.about

  filter = join(" AND ", compact([
    "resource.type=\"cloud_run_revision\"",
    "resource.labels.service_name=(${local.own_services})",
    "jsonPayload.event=(${join(" OR ", [for event in each.value.events : "\"${event}\""])})",
    each.value.where,
  ]))

  label_extractors = { for label, field in each.value.labels : label => "EXTRACT(jsonPayload.${field})" }
  value_extractor  = each.value.value == null ? null : "EXTRACT(jsonPayload.${each.value.value})"

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = each.value.value == null ? "INT64" : "DISTRIBUTION"
    unit         = each.value.unit
    display_name = "nanobanana/${each.key}"

    dynamic "labels" {
      for_each = each.value.labels
      content {
        key        = labels.key
        value_type = "STRING"
      }
    }
  }

  dynamic "bucket_options" {
    for_each = each.value.value == null ? [] : [local.buckets[each.value.unit]]
    content {
      exponential_buckets {
        scale              = bucket_options.value.scale
        growth_factor      = bucket_options.value.growth_factor
        num_finite_buckets = bucket_options.value.num_finite_buckets
      }
    }
  }
}

resource "google_logging_metric" "platform" {
  for_each = local.platform_metrics

  project     = var.project
  name        = "nanobanana/${each.key}"
  description = each.value.about

  filter = join(" AND ", [
    "resource.type=\"cloud_run_revision\"",
    "resource.labels.service_name=(${local.own_services})",
    "(${each.value.where})",
  ])

  label_extractors = each.value.labels

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = "INT64"
    unit         = "1"
    display_name = "nanobanana/${each.key}"

    dynamic "labels" {
      for_each = each.value.labels
      content {
        key        = labels.key
        value_type = "STRING"
      }
    }
  }
}
