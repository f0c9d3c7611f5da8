# What the dashboards show: six boards, each with sections; those of the business are in business_boards.tf. A section is
# a row of up to three charts.

locals {
  percentiles = { p50 = 0.5, p95 = 0.95, p99 = 0.99 }

  # In the order of the console's list.
  boards = ["production", "performance", "errors", "users", "money", "cost"]

  sections = [
    {
      board = "production"
      title = "Functions"
      charts = [
        {
          title = "Calls, but for probes"
          unit  = "1/s"
          lines = { "" = "sum by (service_name) (rate(${local.own}_calls{${local.run}}[5m]))" }
        },
        {
          title = "Answers by status"
          unit  = "1/s"
          lines = { "" = "sum by (function, status) (rate(${local.own}_requests{${local.run}}[5m]))" }
        },
        {
          title = "Instances that work or wait"
          unit  = "1"
          lines = { "" = "sum by (service_name, state) (run_googleapis_com:container_instance_count{${local.run}})" }
        },
      ]
    },
    {
      board = "production"
      title = "Instances"
      charts = [
        {
          title = "Memory in use, p95 of the instances"
          unit  = "1"
          lines = { "" = "histogram_quantile(0.95, sum by (le, service_name) (rate(run_googleapis_com:container_memory_utilizations_bucket{${local.run}}[10m])))" }
        },
        {
          title = "CPU in use, p95 of the instances"
          unit  = "1"
          lines = { "" = "histogram_quantile(0.95, sum by (le, service_name) (rate(run_googleapis_com:container_cpu_utilizations_bucket{${local.run}}[10m])))" }
        },
        {
          title = "How long an instance takes to start, p95"
          unit  = "ms"
          lines = { "" = "histogram_quantile(0.95, sum by (le, service_name) (rate(run_googleapis_com:container_startup_latencies_bucket{${local.run}}[1h])))" }
        },
      ]
    },
    {
      board = "production"
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
      board = "performance"
      title = "Functions: time of a call"
      charts = [
        {
          title = "The webhook in its function"
          unit  = "ms"
          lines = { for name, share in local.percentiles : name =>
            "histogram_quantile(${share}, sum by (le) (rate(${local.own}_request_ms_bucket{${local.run},function='webhook'}[5m])))"
          }
        },
        {
          title = "The webhook as Cloud Run sees it, starts of instances included"
          unit  = "ms"
          lines = { for name, share in local.percentiles : name =>
            "histogram_quantile(${share}, sum by (le) (rate(run_googleapis_com:request_latencies_bucket{${local.run},service_name='${var.services["webhook"]}'}[5m])))"
          }
        },
        {
          title = "Each function, p95"
          unit  = "ms"
          lines = { "" = "histogram_quantile(0.95, sum by (le, function) (rate(${local.own}_request_ms_bucket{${local.run}}[5m])))" }
        },
      ]
    },
    {
      board = "performance"
      title = "How long people and models take"
      charts = [
        {
          title = "How long people wait for what is delivered, p95"
          unit  = "ms"
          lines = { "" = "histogram_quantile(0.95, sum by (le, medium, model) (rate(${local.own}_waited_ms_bucket{${local.run}}[10m])))" }
        },
        {
          title = "From a question to the first words in the chat"
          unit  = "ms"
          lines = { for name in ["p50", "p95"] : name =>
            "histogram_quantile(${local.percentiles[name]}, sum by (le) (rate(${local.own}_answer_begun_ms_bucket{${local.run}}[10m])))"
          }
        },
        {
          title = "A call of the model, p50 and p95"
          unit  = "ms"
          lines = { for name in ["p50", "p95"] : name =>
            "histogram_quantile(${local.percentiles[name]}, sum by (le, model) (rate(${local.own}_model_ms_bucket{${local.run}}[10m])))"
          }
        },
      ]
    },
    {
      board = "errors"
      title = "Functions"
      charts = [
        {
          title = "Calls that ended with 5xx, whether the function ran or not"
          unit  = "1/h"
          lines = { "" = "sum by (service_name, status) (increase(${local.own}_calls{${local.run},status=~'5..'}[1h]))" }
        },
        {
          title = "Instances that died, did not start, or were too few"
          unit  = "1/h"
          lines = { "" = "sum by (service_name) (increase(${local.own}_instance_faults{${local.run}}[1h]))" }
        },
        {
          title = "What Telegram says of the webhooks"
          unit  = "1/h"
          lines = {
            product = "sum by (trouble) (increase(${local.own}_webhook_looks{${local.run},trouble!='none'}[1h]))"
            release = "sum by (trouble) (increase(${local.own}_release_webhook_looks{${local.run},trouble!='none'}[1h]))"
          }
        },
      ]
    },
    {
      board = "errors"
      title = "Log"
      charts = [
        {
          title = "Errors that stop nothing and ring no other alarm, by their event"
          unit  = "1/h"
          lines = { "" = "sum by (event) (increase(${local.own}_errors_logged{${local.run}}[1h]))" }
        },
        {
          title = "Lines that a sink did not bring to its place"
          unit  = "1/h"
          lines = { "" = "sum by (name) (increase(logging_googleapis_com:exports_error_count{monitored_resource='logging_sink'}[1h]))" }
        },
      ]
    },
    {
      board = "errors"
      title = "Work and models"
      charts = [
        {
          title = "Dead work"
          unit  = "1/h"
          lines = { "" = "sum by (event) (increase(${local.own}_dead_work{${local.run}}[1h]))" }
        },
        {
          title = "Attempts without a usable result"
          unit  = "1/h"
          lines = { "" = "sum by (outcome) (increase(${local.own}_attempts_failed{${local.run}}[1h]))" }
        },
        {
          title = "Calls of models by outcome"
          unit  = "1/s"
          lines = { "" = "sum by (model, outcome) (rate(${local.own}_model_ms_count{${local.run}}[10m]))" }
        },
      ]
    },
  ]
}
