# One dashboard, from the webhook inwards. A section is a row of up to three charts.

locals {
  percentiles = { p50 = 0.5, p95 = 0.95, p99 = 0.99 }

  sections = [
    {
      title = "Webhook: latency and acknowledgements"
      charts = [
        {
          title = "Time in the function"
          unit  = "ms"
          lines = { for name, share in local.percentiles : name =>
            "histogram_quantile(${share}, sum by (le) (rate(${local.own}_request_ms_bucket{${local.run},function='webhook'}[5m])))"
          }
        },
        {
          title = "Time as Cloud Run sees it, starts of instances included"
          unit  = "ms"
          lines = { for name, share in local.percentiles : name =>
            "histogram_quantile(${share}, sum by (le) (rate(run_googleapis_com:request_latencies_bucket{${local.run},service_name='${var.services["webhook"]}'}[5m])))"
          }
        },
        {
          title = "Answers by status"
          unit  = "1/s"
          lines = { "" = "sum by (function, status) (rate(${local.own}_requests{${local.run}}[5m]))" }
        },
      ]
    },
    {
      title = "Queues: depth and age"
      charts = [
        {
          title = "Tasks in the queue, those for later included"
          unit  = "1"
          lines = { "" = "sum by (queue_id) (cloudtasks_googleapis_com:queue_depth{${local.tasks}})" }
        },
        {
          title = "Age: how late a task is handed out, p95"
          unit  = "ms"
          lines = { "" = "histogram_quantile(0.95, sum by (le, queue_id) (rate(cloudtasks_googleapis_com:queue_task_attempt_delays_bucket{${local.tasks}}[5m])))" }
        },
        {
          title = "Attempts by answer"
          unit  = "1/s"
          lines = { "" = "sum by (queue_id, response_code) (rate(cloudtasks_googleapis_com:queue_task_attempt_count{${local.tasks}}[5m]))" }
        },
      ]
    },
    {
      title = "Jobs: outcomes per medium"
      charts = [
        {
          title = "Ends by outcome"
          unit  = "1/s"
          lines = { "" = "sum by (medium, outcome) (rate(${local.own}_jobs{${local.run}}[10m]))" }
        },
        {
          title = "Why not: codes of refused, failed and declined"
          unit  = "1/h"
          lines = {
            job     = "sum by (medium, code) (increase(${local.own}_jobs{${local.run},outcome!='delivered'}[1h]))"
            decline = "sum by (medium, code) (increase(${local.own}_declines{${local.run}}[1h]))"
          }
        },
        {
          title = "How long people wait for what is delivered, p95"
          unit  = "ms"
          lines = { "" = "histogram_quantile(0.95, sum by (le, medium, model) (rate(${local.own}_waited_ms_bucket{${local.run}}[10m])))" }
        },
      ]
    },
    {
      title = "Models: latency and errors"
      charts = [
        {
          title = "A call of the model, p50 and p95"
          unit  = "ms"
          lines = { for name in ["p50", "p95"] : name =>
            "histogram_quantile(${local.percentiles[name]}, sum by (le, model) (rate(${local.own}_model_ms_bucket{${local.run}}[10m])))"
          }
        },
        {
          title = "Calls by outcome"
          unit  = "1/s"
          lines = { "" = "sum by (model, outcome) (rate(${local.own}_model_ms_count{${local.run}}[10m]))" }
        },
        {
          title = "Attempts without a usable picture"
          unit  = "1/h"
          lines = { "" = "sum by (outcome) (increase(${local.own}_attempts_failed{${local.run}}[1h]))" }
        },
      ]
    },
    {
      title = "Answers: first words, ends, cost"
      charts = [
        {
          title = "From the question to the first words in the chat"
          unit  = "ms"
          lines = { for name in ["p50", "p95"] : name =>
            "histogram_quantile(${local.percentiles[name]}, sum by (le) (rate(${local.own}_answer_begun_ms_bucket{${local.run}}[10m])))"
          }
        },
        {
          title = "How they end: whole, stopped by the person, cut"
          unit  = "1/h"
          lines = { "" = "sum by (ending) (increase(${local.own}_answers{${local.run}}[1h]))" }
        },
        {
          title = "A call for words, by the provider's list price"
          unit  = "USD"
          lines = { "" = <<-QUERY
            sum by (medium, model_id) (increase(${local.own}_words_cost_usd_micros_sum{${local.run}}[1h]))
            / sum by (medium, model_id) (increase(${local.own}_words_cost_usd_micros_count{${local.run}}[1h])) / 1000000
          QUERY
          }
        },
      ]
    },
    {
      title = "Credits: sold, spent, returned"
      charts = [
        {
          title = "Granted or sold (credits_granted), spent (job_delivered), returned (job_refused, job_canceled)"
          unit  = "credits/h"
          lines = { "" = "sum by (event) (increase(${local.own}_credits_sum{${local.run}}[1h]))" }
        },
        {
          title = "Books that do not balance"
          unit  = "1/h"
          lines = { "" = "sum(increase(${local.own}_ledger_mismatches{${local.run}}[1h]))" }
        },
        {
          title = "Dead work"
          unit  = "1/h"
          lines = { "" = "sum by (event) (increase(${local.own}_dead_work{${local.run}}[1h]))" }
        },
      ]
    },
    {
      title = "Cost per picture"
      charts = [
        {
          title = "One picture, by the provider's list price"
          unit  = "USD"
          lines = { "" = <<-QUERY
            sum by (model, size) (increase(${local.own}_cost_usd_micros_sum{${local.run}}[1h]))
            / sum by (model, size) (increase(${local.own}_cost_usd_micros_count{${local.run}}[1h])) / 1000000
          QUERY
          }
        },
        {
          title = "All pictures of 24 hours"
          unit  = "USD"
          lines = { "" = "sum by (model) (increase(${local.own}_cost_usd_micros_sum{${local.run}}[1d])) / 1000000" }
        },
        {
          title = "A cent of cost per credit earned: above 1 we lose"
          unit  = "1"
          lines = { "" = <<-QUERY
            ((sum(increase(${local.own}_cost_usd_micros_sum{${local.run}}[1d])) or vector(0))
            + (sum(increase(${local.own}_words_cost_usd_micros_sum{${local.run}}[1d])) or vector(0))) / 10000
            / sum(increase(${local.own}_credits_sum{${local.run},event='job_delivered'}[1d]))
          QUERY
          }
        },
      ]
    },
  ]

  # The mosaic is 48 columns wide.
  header_height  = 4
  chart_height   = 16
  section_height = local.header_height + local.chart_height

  # Monitoring omits values that are 0, empty or false, so the next plan would show changes. So such values are left out.
  tiles = flatten([for row, section in local.sections : concat(
    [merge(
      { for name, value in { yPos = row * local.section_height } : name => value if value != 0 },
      { width = 48, height = local.header_height, widget = { title = section.title, sectionHeader = {} } },
    )],
    [for column, chart in section.charts : merge(
      { for name, value in { xPos = column * 16 } : name => value if value != 0 },
      { yPos = row * local.section_height + local.header_height, width = 16, height = local.chart_height, widget = { title = chart.title, xyChart = {
        dataSets = [for legend, query in chart.lines : merge(
          { plotType = "LINE", targetAxis = "Y1", timeSeriesQuery = { prometheusQuery = trimspace(query) } },
          legend == "" ? {} : { legendTemplate = legend },
        )]
        yAxis = { label = chart.unit, scale = "LINEAR" }
      } } },
    )],
  )])
}

resource "google_monitoring_dashboard" "this" {
  project = var.project
  dashboard_json = jsonencode({
    displayName  = "NanoBanana ${var.environment}"
    mosaicLayout = { columns = 48, tiles = local.tiles }
  })
}
