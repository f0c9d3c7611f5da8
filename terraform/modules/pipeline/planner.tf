# Reads settings, never content: no secret values, documents, pictures or log lines.

locals {
  planner = google_service_account.this["planner"]
}

# Permissions that predefined roles grant only together with content.
resource "google_project_iam_custom_role" "planner" {
  project     = var.project
  role_id     = var.generation == 1 ? "settingsReader" : "settingsReaderG${var.generation}"
  title       = "Settings reader"
  description = "Reads the settings of databases, buckets and metrics, not what is in them"
  permissions = [
    "bigquery.datasets.get", "bigquery.datasets.getIamPolicy",
    "containeranalysis.occurrences.get", "containeranalysis.occurrences.list", # the night's report on packages
    "datastore.backupSchedules.get", "datastore.backupSchedules.list",
    "datastore.databases.getMetadata", "datastore.databases.list",
    "datastore.indexes.get", "datastore.indexes.list",
    "logging.logMetrics.get", "logging.logMetrics.list", "logging.sinks.get",
    "resourcemanager.projects.get",
    "serviceusage.services.use", # it asks in the project's name: user_project_override in the environments
    "storage.buckets.get", "storage.buckets.getIamPolicy",
  ]
}

resource "google_project_iam_member" "planner" {
  for_each = toset([
    "roles/artifactregistry.reader",
    "roles/binaryauthorization.attestorsViewer",
    "roles/binaryauthorization.policyViewer",
    "roles/cloudkms.publicKeyViewer",
    "roles/cloudkms.viewer",
    "roles/cloudscheduler.viewer",
    "roles/cloudtasks.viewer",
    "roles/containeranalysis.notes.viewer",
    "roles/iam.roleViewer",
    "roles/iam.securityReviewer",
    "roles/iam.serviceAccountViewer",
    "roles/iam.workloadIdentityPoolViewer",
    "roles/monitoring.viewer",
    "roles/pubsub.viewer",
    "roles/run.viewer",
    "roles/secretmanager.viewer",
    "roles/serviceusage.serviceUsageViewer",
  ])

  project = var.project
  role    = each.key
  member  = local.planner.member
}

resource "google_project_iam_member" "planner_settings" {
  project = var.project
  role    = google_project_iam_custom_role.planner.name
  member  = local.planner.member
}

# It plans without a lock (-lock=false), because a lock would be an object that it writes.
resource "google_storage_bucket_iam_member" "planner_state" {
  bucket = var.state_bucket
  role   = "roles/storage.objectViewer"
  member = local.planner.member
}
