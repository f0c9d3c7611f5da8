# Who may do what with the copies. Nobody here may delete one, and who writes may not read the other project's rights.

resource "google_project_iam_custom_role" "copier" {
  project     = var.project
  role_id     = "copier"
  title       = "Copier"
  description = "Starts transfers that exist, and follows them"
  permissions = ["storagetransfer.jobs.get", "storagetransfer.jobs.run", "storagetransfer.operations.get"]

  depends_on = [time_sleep.apis]
}

resource "google_project_iam_member" "copier" {
  for_each = {
    transfers = google_project_iam_custom_role.copier.name
    starts    = "roles/workflows.invoker"
    tells     = "roles/logging.logWriter"
  }

  project = var.project
  role    = each.value
  member  = google_service_account.copier.member
}

# Its mark says that a copy is whole.
resource "google_storage_bucket_iam_member" "marks" {
  bucket = google_storage_bucket.copy["database"].name
  role   = "roles/storage.objectCreator"
  member = google_service_account.copier.member
}

# Creates and lists; it can neither replace nor delete.
resource "google_project_iam_custom_role" "copy_writer" {
  project     = var.project
  role_id     = "copyWriter"
  title       = "Copy writer"
  description = "Adds objects to a bucket"
  permissions = ["storage.buckets.get", "storage.objects.create", "storage.objects.get", "storage.objects.list"]

  depends_on = [time_sleep.apis]
}

resource "google_storage_bucket_iam_member" "written" {
  for_each = google_storage_bucket.copy

  bucket = each.value.name
  role   = google_project_iam_custom_role.copy_writer.name
  member = data.google_storage_transfer_project_service_account.this.member
}

# What lands is read by the transfer, and written by the Firestore of the product.
resource "google_storage_bucket_iam_member" "landed" {
  for_each = {
    objects = { role = "roles/storage.objectViewer", member = data.google_storage_transfer_project_service_account.this.member }
    bucket  = { role = "roles/storage.legacyBucketReader", member = data.google_storage_transfer_project_service_account.this.member }
    exports = { role = "roles/storage.admin", member = "serviceAccount:service-${data.google_project.source.number}@gcp-sa-firestore.iam.gserviceaccount.com" }
  }

  bucket = google_storage_bucket.landing.name
  role   = each.value.role
  member = each.value.member
}

# The projects that a copy may be restored into read it with their own transfers, and the people and jobs that restore
# look for the newest copy.
data "google_storage_transfer_project_service_account" "restoring" {
  for_each = toset(var.restoring_projects)

  project = each.key

  # Reading creates the agent, so the interface has to be on: also in a project that came with this apply.
  depends_on = [time_sleep.apis]
}

locals {
  readers = merge(
    { for project, agent in data.google_storage_transfer_project_service_account.restoring : "project ${project}" => agent.member },
    { for person in var.restorers : person => person },
    { for account in google_service_account.rehearser : "rehearser" => account.member },
  )
  reads = merge([
    for name, bucket in google_storage_bucket.copy : merge([
      for reader, member in local.readers : {
        "${name} by ${reader}, objects" = { bucket = bucket.name, member = member, role = "roles/storage.objectViewer" }
        "${name} by ${reader}, bucket"  = { bucket = bucket.name, member = member, role = "roles/storage.legacyBucketReader" }
      }
    ]...)
  ]...)
}

resource "google_storage_bucket_iam_member" "reader" {
  for_each = local.reads

  bucket = each.value.bucket
  role   = each.value.role
  member = each.value.member
}
