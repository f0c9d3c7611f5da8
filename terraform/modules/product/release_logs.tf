# What the workflows of a release have said: one object per release, which nobody writes over and nobody shortens. Not in
# dev, where nothing is released: a log that must stay would stop `terraform destroy` half-way.

resource "google_storage_bucket" "release_logs" {
  count = var.environment == "dev" ? 0 : 1

  #checkov:skip=CKV_GCP_62:It is a log itself; who reads it is in Cloud Audit Logs.
  #checkov:skip=CKV_GCP_78:An object is written once, and a retention policy rules versions out.
  project  = var.project
  name     = "${var.project}-release-logs"
  location = var.region

  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.protected

  # Three months in which nobody deletes or changes a log, then nine in which it is only kept.
  retention_policy {
    retention_period = "7776000"
  }

  soft_delete_policy {
    retention_duration_seconds = 604800
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age = 365
    }
  }

  depends_on = [time_sleep.apis]
}

# May create objects and do nothing else with them. The deployer is what the workflows are.
resource "google_storage_bucket_iam_member" "release_log_writer" {
  count = var.environment == "dev" ? 0 : 1

  bucket = google_storage_bucket.release_logs[0].name
  role   = "roles/storage.objectCreator"
  member = module.pipeline.deployer
}
