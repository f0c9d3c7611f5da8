# Every so many minutes Firestore exports a snapshot into the landing bucket. Storage Transfer copies it, and the
# pictures.

resource "google_service_account" "copier" {
  project      = var.project
  account_id   = "copier"
  display_name = "Has the product's database exported, and copies it and the pictures"

  depends_on = [time_sleep.apis]
}

# The agents that move the bytes. Reading this creates them.
data "google_storage_transfer_project_service_account" "this" {
  project = var.project

  depends_on = [time_sleep.apis]
}

data "google_project" "source" {
  project_id = var.source_project
}

resource "google_storage_transfer_job" "this" {
  for_each = {
    database = { from = google_storage_bucket.landing.name, without = [] }
    media    = { from = var.source_bucket, without = ["archives/"] } # ZIPs that live for a day
  }

  project     = var.project
  description = "Copies ${each.key}; started by the workflow"

  transfer_spec {
    gcs_data_source {
      bucket_name = each.value.from
    }
    gcs_data_sink {
      bucket_name = google_storage_bucket.copy[each.key].name
    }
    transfer_options {
      overwrite_when = "NEVER"
    }
    object_conditions {
      exclude_prefixes = each.value.without
    }
  }

  depends_on = [google_storage_bucket_iam_member.written, google_storage_bucket_iam_member.landed]
}

resource "google_workflows_workflow" "copy" {
  project             = var.project
  region              = var.region
  name                = "copy"
  description         = "One copy of the database, then the new pictures"
  service_account     = google_service_account.copier.id
  source_contents     = file("${path.module}/copy.yaml")
  deletion_protection = true

  user_env_vars = {
    PROJECT         = var.project
    SOURCE_DATABASE = local.source_database
    LANDING_BUCKET  = google_storage_bucket.landing.name
    DATABASE_BUCKET = google_storage_bucket.copy["database"].name
    DATABASE_JOB    = google_storage_transfer_job.this["database"].name
    MEDIA_JOB       = google_storage_transfer_job.this["media"].name
  }
}

resource "google_cloud_scheduler_job" "copy" {
  project     = var.project
  region      = var.region
  name        = "copy"
  description = "Starts a copy"
  schedule    = var.every_minutes < 60 ? "*/${var.every_minutes} * * * *" : "0 */${var.every_minutes / 60} * * *"
  time_zone   = "Etc/UTC"

  http_target {
    http_method = "POST"
    uri         = "https://workflowexecutions.googleapis.com/v1/${google_workflows_workflow.copy.id}/executions"
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode("{}")

    oauth_token {
      service_account_email = google_service_account.copier.email
    }
  }
}
