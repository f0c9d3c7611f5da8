# Reads every document at night to audit the books (infra/operations/ledger.py). It has no other rights.

resource "google_project_iam_member" "auditor" {
  project = var.project
  role    = "roles/datastore.viewer"
  member  = google_service_account.this["auditor"].member
}
