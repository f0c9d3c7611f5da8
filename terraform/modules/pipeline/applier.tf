# Runs terraform apply. An account that may set policies can grant itself any right, so this one is only for jobs of the
# GitHub environment "…-infrastructure", which need a person's approval. It still has no basic roles: this list names
# everything that Terraform does here.

resource "google_project_iam_member" "applier" {
  #checkov:skip=CKV_GCP_49:It creates the functions' accounts and says who may act as them; that is Terraform's work here.
  for_each = toset([
    "roles/artifactregistry.admin",
    "roles/bigquery.dataOwner",
    "roles/binaryauthorization.attestorsAdmin",
    "roles/binaryauthorization.policyAdmin",
    "roles/cloudkms.admin",
    "roles/cloudkms.publicKeyViewer",
    "roles/cloudscheduler.admin",
    "roles/cloudtasks.admin",
    "roles/containeranalysis.admin",
    "roles/datastore.owner",
    "roles/iam.roleAdmin",
    "roles/iam.serviceAccountAdmin",
    "roles/iam.workloadIdentityPoolAdmin",
    "roles/logging.configWriter",
    "roles/monitoring.admin",
    "roles/pubsub.admin",
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

# An apply ends with the deployer's switch, which probes the functions that are not public with the deployer's token.
resource "google_service_account_iam_member" "applier_token" {
  service_account_id = local.deployer.name
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = google_service_account.this["applier"].member
}
