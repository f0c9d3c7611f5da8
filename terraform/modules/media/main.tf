# The pictures, each with its signature: `jobs/<job>/<attempt>` (shared/pictures/signed_file.py).

locals {
  kept_days      = 90 # as long as the job that names them: KEPT in shared/jobs/job.py
  noncurrent_max = 1
  # Most pictures are only looked at again within days. Afterwards a colder class costs a fifth, is as fast, and charges
  # $0.00003 for each read. Pictures' names end in a digit. Releases until November 2026 stored signatures as separate
  # files, whose names end in ".signature"; they are too small for the move to pay off.
  warm_days     = 3
  picture_marks = [for digit in range(10) : tostring(digit)]
}

resource "google_storage_bucket" "this" {
  #checkov:skip=CKV_GCP_62:Access logs need a bucket that is itself unlogged; who reads pictures is in Cloud Audit Logs.
  #checkov:skip=CKV_GCP_78:Only production keeps versions; elsewhere soft delete is enough.
  project  = var.project
  name     = var.name
  location = var.location

  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.protected

  versioning {
    enabled = var.versioned
  }

  soft_delete_policy {
    retention_duration_seconds = 604800
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age            = local.kept_days
      matches_prefix = ["jobs/", "uploads/"]
    }
  }

  # A ZIP of results is sent, or linked to for 12 hours: nobody needs it after a day.
  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age            = 1
      matches_prefix = ["archives/"]
    }
  }

  lifecycle_rule {
    action {
      type          = "SetStorageClass"
      storage_class = "COLDLINE"
    }
    condition {
      age                   = local.warm_days
      matches_prefix        = ["jobs/"]
      matches_suffix        = local.picture_marks
      matches_storage_class = ["STANDARD"]
    }
  }

  # A person who deletes a picture wants it gone. With versioning, soft delete begins only when the old version is
  # deleted: a day and a week together.
  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      days_since_noncurrent_time = local.noncurrent_max
    }
  }

  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 1
    }
  }
}

resource "google_storage_bucket_iam_member" "user" {
  for_each = var.users

  bucket = google_storage_bucket.this.name
  role   = "roles/storage.objectUser"
  member = each.value
}
