# Reads every document, at night, to add the books up again (infra/operations/ledger.py). It changes nothing and sees nothing else.

resource "google_project_iam_member" "auditor" {
  project = var.project
  role    = "roles/datastore.viewer"
  member  = google_service_account.this["auditor"].member
}
