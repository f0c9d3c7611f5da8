# Events of the business in BigQuery, where `analytics` is true: docs/numbers.md lists them, with queries.
#
# The functions write them as lines of their own, in which nobody is named (shared/telemetry/business_events.py). A sink
# cannot leave a field out, so no other line may pass its filter.

locals {
  business_events = [
    "credits_granted", "day_summed", "job_canceled", "job_delivered", "job_refused", "model_answered", "payment_credited",
    "payment_disputed", "payment_returned", "person_erased", "request_accepted", "request_declined", "result_rated",
    "result_shared",
  ]

  business_services = [for name, function in local.functions : module.function[name].service if contains(function.env, "ANALYTICS")]
}

resource "google_bigquery_dataset" "business" {
  #checkov:skip=CKV_GCP_81:No person is in it; Google's own key encrypts it.
  count = var.analytics ? 1 : 0

  project                    = var.project
  dataset_id                 = "business"
  friendly_name              = "Events of the business, ${var.environment}"
  description                = "Nobody is named in them: docs/numbers.md."
  location                   = var.region
  delete_contents_on_destroy = !var.protected

  # Two years and a month, so that a month can be compared with the same one of both years before it.
  default_partition_expiration_ms = 66960000000

  depends_on = [time_sleep.apis]
}

resource "google_logging_project_sink" "business" {
  count = var.analytics ? 1 : 0

  project                = var.project
  name                   = "business"
  description            = "Events of the business, for BigQuery"
  destination            = "bigquery.googleapis.com/${google_bigquery_dataset.business[0].id}"
  unique_writer_identity = true

  filter = join(" AND ", [
    "resource.type=\"cloud_run_revision\"",
    "resource.labels.service_name=(${join(" OR ", [for service in sort(local.business_services) : "\"${service}\""])})",
    "logName=\"projects/${var.project}/logs/run.googleapis.com%2Fstdout\"",
    "jsonPayload.event=\"business_event\"",
    "jsonPayload.name=(${join(" OR ", [for event in local.business_events : "\"${event}\""])})",
  ])

  # One table, a partition for each day.
  bigquery_options {
    use_partitioned_tables = true
  }

  depends_on = [time_sleep.apis]
}

# The sink's own account, which Google makes, writes into this dataset and nowhere else.
resource "google_bigquery_dataset_iam_member" "business" {
  count = var.analytics ? 1 : 0

  project    = var.project
  dataset_id = google_bigquery_dataset.business[0].dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = google_logging_project_sink.business[0].writer_identity
}
