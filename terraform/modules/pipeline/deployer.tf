# May change the services' template and traffic, and so act as the functions' accounts: both are granted beside the
# functions (../function). It cannot read secrets, documents or pictures, or change rights.

locals {
  deployer = google_service_account.this["deployer"]
}

# Probes of functions that are not public carry its token. It can only reach /health, /ready and /version: the
# functions accept work from the tasks' account alone.
resource "google_service_account_iam_member" "deployer_token" {
  service_account_id = local.deployer.name
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = local.deployer.member
}

resource "google_project_iam_member" "deployer" {
  for_each = toset([
    "roles/run.viewer",        # operations belong to the project, not to a service
    "roles/monitoring.viewer", # the judge compares the candidate's metrics with the stable release's
    "roles/logging.viewer",    # the monitor reads the new revision's log
    # A release waits for secrets without a value. This shows names and versions, never a value.
    "roles/secretmanager.viewer",
  ])

  project = var.project
  role    = each.key
  member  = local.deployer.member
}

# A release and the night ask whether models are there before they are sold. It can call none of them.
resource "google_project_iam_member" "asks_models" {
  for_each = toset(var.asks_models ? ["deployer", "planner"] : [])

  project = var.project
  role    = "roles/aiplatform.viewer"
  member  = google_service_account.this[each.key].member
}
