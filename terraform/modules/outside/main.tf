# A copy of one environment's database and bucket, in a project and a region of its own.
#
# It is pulled from here: the product's identities and its pipeline have no right in this project, so nobody who has
# become one of them can change or delete a copy. The buckets' retention is locked: before it ends not even an owner of
# this project deletes an object. People apply this by hand, never the pipeline
# (docs/decisions/0109-a-copy-that-nobody-can-delete.md).

locals {
  source_database = "projects/${var.source_project}/databases/${var.source_database}"
  database_days   = 7 # any minute of these is in the database's own point-in-time recovery too
  media_days      = 14
  media_days_max  = 90 # as long as the pictures themselves, and within the 14 weeks of the other backups
}

resource "google_project_service" "this" {
  for_each = toset([
    "cloudresourcemanager", "cloudscheduler", "iam", "logging", "monitoring", "storage", "storagetransfer",
    "workflowexecutions", "workflows",
  ])

  project            = var.project
  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false
}

# Until all of Google's servers know that an API is on, they refuse its calls: terraform/modules/product/apis.tf.
resource "time_sleep" "apis" {
  create_duration = "90s"
  triggers = {
    apis = join(",", sort([for each in concat(values(google_project_service.this), values(google_project_service.rehearsal)) : each.service]))
  }
}

# Where Firestore puts an export: a bucket must be near its database. Nothing stays here, and nothing here is trusted
# longer than until it is copied.
resource "google_storage_bucket" "landing" {
  #checkov:skip=CKV_GCP_62:Access logs need a bucket that is itself unlogged; who reads is in Cloud Audit Logs.
  #checkov:skip=CKV_GCP_78:Exports are copied within minutes and deleted after a day.
  project  = var.project
  name     = "${var.project}-landing"
  location = var.source_location

  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true

  soft_delete_policy {
    retention_duration_seconds = 0
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age = 1
    }
  }

  depends_on = [time_sleep.apis]
}

# The copies. Once a retention policy is locked, neither it nor an object younger than it can be removed.
resource "google_storage_bucket" "copy" {
  #checkov:skip=CKV_GCP_62:Access logs need a bucket that is itself unlogged; who reads is in Cloud Audit Logs.
  #checkov:skip=CKV_GCP_78:A locked retention policy keeps every object; versions would add nothing.
  for_each = {
    database = { locked_days = local.database_days, kept_days = local.database_days + 1, class = "STANDARD" }
    media    = { locked_days = local.media_days, kept_days = local.media_days_max, class = "COLDLINE" }
  }

  project  = var.project
  name     = "${var.project}-${each.key}"
  location = var.region

  storage_class               = each.value.class
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false

  retention_policy {
    is_locked        = true
    retention_period = each.value.locked_days * 86400
  }

  # What is deleted is gone: a person's deleted picture must not outlive the other backups.
  soft_delete_policy {
    retention_duration_seconds = 0
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age = each.value.kept_days
    }
  }

  lifecycle {
    precondition {
      condition     = lower(var.region) != lower(var.source_location)
      error_message = "region: another than the product's, or both are lost together."
    }
    precondition {
      condition     = var.project != var.source_project
      error_message = "project: another than the product's, or its identities could delete the copy."
    }
  }

  depends_on = [time_sleep.apis]
}

# A deleted project would take its buckets along.
resource "google_resource_manager_lien" "this" {
  parent       = "projects/${data.google_project.this.number}"
  restrictions = ["resourcemanager.projects.delete"]
  origin       = "nanobanana"
  reason       = "It has the only copies outside the product's project"
}

data "google_project" "this" {
  project_id = var.project

  depends_on = [time_sleep.apis]
}
