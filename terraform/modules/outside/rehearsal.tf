# The monthly rehearsal: a job of GitHub restores the newest copy into a project of its own, and deletes it there.

locals {
  rehearses = var.rehearsal != null
  identity = local.rehearses ? join(" && ", [
    "assertion.repository_id == '${var.rehearsal.repository_id}'",
    "assertion.repository_owner_id == '${var.rehearsal.owner_id}'",
    "assertion.environment == '${var.environment}'",
  ]) : ""
}

resource "google_service_account" "rehearser" {
  count = local.rehearses ? 1 : 0

  project      = var.rehearsal.project
  account_id   = "rehearser"
  display_name = "Restores the outside copy once a month"

  depends_on = [time_sleep.apis]
}

resource "google_project_iam_member" "rehearser" {
  for_each = toset(local.rehearses ? [
    "roles/datastore.owner", "roles/serviceusage.serviceUsageConsumer", "roles/storage.admin", "roles/storagetransfer.user",
  ] : [])

  project = var.rehearsal.project
  role    = each.key
  member  = google_service_account.rehearser[0].member
}

resource "google_project_service" "rehearsal" {
  for_each = toset(local.rehearses ? ["cloudresourcemanager", "firestore", "iam", "iamcredentials", "storage", "storagetransfer", "sts"] : [])

  project            = var.rehearsal.project
  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false
}

resource "google_iam_workload_identity_pool" "rehearsal" {
  count = local.rehearses ? 1 : 0

  project                   = var.rehearsal.project
  workload_identity_pool_id = "github"
  display_name              = "GitHub"

  depends_on = [time_sleep.apis]
}

resource "google_iam_workload_identity_pool_provider" "rehearsal" {
  #checkov:skip=CKV_GCP_125:It wants the repository's name in the subject. Names can be taken over; the numbers above cannot.
  count = local.rehearses ? 1 : 0

  project                            = var.rehearsal.project
  workload_identity_pool_id          = google_iam_workload_identity_pool.rehearsal[0].workload_identity_pool_id
  workload_identity_pool_provider_id = "rehearsal"
  display_name                       = "The monthly rehearsal"

  attribute_mapping = {
    "google.subject"        = "assertion.sub"
    "attribute.environment" = "assertion.environment"
  }
  attribute_condition = local.identity

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_service_account_iam_member" "rehearsal" {
  count = local.rehearses ? 1 : 0

  service_account_id = google_service_account.rehearser[0].name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.rehearsal[0].name}/attribute.environment/${var.environment}"
}
