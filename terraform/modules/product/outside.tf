# What the copy outside this project may do here: have the database exported, and read the pictures. Nothing of this
# project may do anything there (../outside).

locals {
  copied = var.outside_copy != null
}

resource "google_project_iam_custom_role" "exporter" {
  count = local.copied ? 1 : 0

  project     = var.project
  role_id     = "exporter${local.role_suffix}"
  title       = "Exporter"
  description = "Has the database exported; cannot import"
  permissions = ["datastore.databases.export", "datastore.operations.get"]

  depends_on = [time_sleep.apis]
}

resource "google_project_iam_member" "exporter" {
  count = local.copied ? 1 : 0

  project = var.project
  role    = google_project_iam_custom_role.exporter[0].name
  member  = var.outside_copy.copier
}

resource "google_storage_bucket_iam_member" "copied" {
  for_each = toset(local.copied ? ["roles/storage.objectViewer", "roles/storage.legacyBucketReader"] : [])

  bucket = module.media.bucket
  role   = each.key
  member = var.outside_copy.agent
}
