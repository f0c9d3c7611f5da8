# Sections with the metrics of OpenTelemetry (shared/telemetry/measures.py), where the functions send them. They come from
# Google's Telemetry API under their own names; PromQL wants names with dots in quotes and braces
# (https://docs.cloud.google.com/stackdriver/docs/otlp-metrics/overview). `job` is the function.

locals {
  otel_sections = [
    {
      board = "performance"
      title = "By OpenTelemetry"
      charts = [
        {
          title = "Requests by route, p95"
          unit  = "s"
          lines = { "" = "histogram_quantile(0.95, sum by (le, job, \"http.route\") (rate({\"http.server.request.duration_bucket\"}[5m])))" }
        },
        {
          title = "Calls of Telegram by method, p95"
          unit  = "s"
          lines = { "" = "histogram_quantile(0.95, sum by (le, \"rpc.method\") (rate({\"telegram.client.operation.duration_bucket\"}[5m])))" }
        },
        {
          title = "Calls of models, p95"
          unit  = "s"
          lines = { "" = "histogram_quantile(0.95, sum by (le, \"gen_ai.request.model\") (rate({\"gen_ai.client.operation.duration_bucket\"}[10m])))" }
        },
      ]
    },
    {
      board = "performance"
      title = "By OpenTelemetry: load"
      charts = [
        {
          title = "Messages a minute, by kind"
          unit  = "1/min"
          lines = { "" = "sum by (\"telegram.update.kind\") (rate({\"telegram.server.ok.message.total\"}[5m])) * 60" }
        },
        {
          title = "Requests at once"
          unit  = "1"
          lines = { "" = "sum by (job) ({\"http.server.active_requests\"})" }
        },
        {
          title = "Tokens by model"
          unit  = "1/min"
          lines = { "" = "sum by (\"gen_ai.request.model\", \"gen_ai.token.type\") (rate({\"gen_ai.client.token.usage_sum\"}[5m])) * 60" }
        },
      ]
    },
    {
      board = "errors"
      title = "By OpenTelemetry"
      charts = [
        {
          title = "Errors in the log by their class"
          unit  = "1/h"
          lines = { "" = "sum by (job, \"error.type\") (increase({\"nanobanana.errors.total\"}[1h]))" }
        },
        {
          title = "Messages that failed"
          unit  = "1/h"
          lines = { "" = "sum by (\"error.type\") (increase({\"telegram.server.error.message.total\"}[1h]))" }
        },
        {
          title = "Requests answered with a status from 400 on"
          unit  = "1/h"
          lines = { "" = "sum by (job, \"http.route\") (increase({\"http.server.error.request.total\"}[1h]))" }
        },
      ]
    },
  ]
}
