# Runs terraform apply. Whoever may set policies may give himself everything, so this account is only for jobs of the
# GitHub environment "…-infrastructure", which asks a person first. The basic roles stay out all the same: what is not
# in this list is not done from here.

resource "google_project_iam_member" "applier" {
  #checkov:skip=CKV_GCP_49:It creates the functions' accounts and says who may act as them; that is Terraform's work here.
  for_each = toset([
    "roles/artifactregistry.admin",
    "roles/cloudscheduler.admin",
    "roles/cloudtasks.admin",
    "roles/datastore.owner",
    "roles/iam.roleAdmin",
    "roles/iam.serviceAccountAdmin",
    "roles/iam.workloadIdentityPoolAdmin",
    "roles/logging.configWriter",
    "roles/monitoring.admin",
    "roles/resourcemanager.projectIamAdmin",
    "roles/run.admin",
    "roles/secretmanager.admin",
    "roles/serviceusage.serviceUsageAdmin",
    "roles/storage.admin",
  ])

  project = var.project
  role    = each.key
  member  = google_service_account.this["applier"].member
}

# Applying ends with the deployer's switch, which probes what is not public with a token in the deployer's name.
resource "google_service_account_iam_member" "applier_token" {
  service_account_id = local.deployer.name
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = google_service_account.this["applier"].member
}
