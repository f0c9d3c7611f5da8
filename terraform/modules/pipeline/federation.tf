# GitHub's jobs authenticate with the token that GitHub signs for them: there are no keys. Their rights depend on claims
# that a fork cannot choose and a renamed repository cannot keep.

locals {
  repository = join(" && ", [
    "assertion.repository_id == '${var.github.repository_id}'",
    "assertion.repository_owner_id == '${var.github.owner_id}'",
  ])

  refs = [
    for ref in var.github.refs :
    endswith(ref, "*") ? "assertion.ref.startsWith('${trimsuffix(ref, "*")}')" : "assertion.ref == '${ref}'"
  ]
  named_refs = [for ref in var.github.refs : "assertion.ref == '${ref}'" if !endswith(ref, "*")]

  # GitHub environments. The second needs a person's approval, and allows only protected branches by name.
  deploying    = var.environment
  provisioning = "${var.environment}-infrastructure"
  allowed = join(" || ", [
    "(assertion.environment == '${local.deploying}' && (${join(" || ", local.refs)}))",
    "(assertion.environment == '${local.provisioning}' && (${join(" || ", local.named_refs)}))",
  ])

  principals = "principalSet://iam.googleapis.com/projects/${var.project_number}/locations/global/workloadIdentityPools/${google_iam_workload_identity_pool.github.workload_identity_pool_id}"
}

resource "google_iam_workload_identity_pool" "github" {
  project                   = var.project
  workload_identity_pool_id = var.generation == 1 ? "github" : "github-g${var.generation}"
  display_name              = "GitHub"
}

# For jobs that name a GitHub environment; a job without one lacks the claim mapped here and is refused.
resource "google_iam_workload_identity_pool_provider" "environments" {
  #checkov:skip=CKV_GCP_125:It wants the repository's name in the subject. Names can be taken over; the numbers below cannot.
  project                            = var.project
  workload_identity_pool_id          = google_iam_workload_identity_pool.github.workload_identity_pool_id
  workload_identity_pool_provider_id = "environments"
  display_name                       = "Jobs of an environment"

  attribute_mapping = {
    "google.subject"        = "assertion.sub"
    "attribute.environment" = "assertion.environment"
  }
  attribute_condition = "${local.repository} && (${local.allowed})"

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

# For the job that attests images: one of the reviewed workflow that builds them, as it is on a branch of this
# environment, on GitHub's own machine. job_workflow_ref names the workflow's file and branch also where another
# workflow called it; the repository's name in it is that of the number above, since one token names both.
resource "google_iam_workload_identity_pool_provider" "builds" {
  #checkov:skip=CKV_GCP_125:It wants the repository's name in the subject. Names can be taken over; the numbers above cannot.
  project                            = var.project
  workload_identity_pool_id          = google_iam_workload_identity_pool.github.workload_identity_pool_id
  workload_identity_pool_provider_id = "builds"
  display_name                       = "Jobs of build-release"

  attribute_mapping = {
    "google.subject"  = "assertion.sub"
    "attribute.build" = "assertion.environment"
  }
  attribute_condition = join(" && ", [
    local.repository,
    "assertion.environment == '${local.deploying}'",
    "(${join(" || ", local.named_refs)})",
    "assertion.job_workflow_ref == assertion.repository + '/.github/workflows/build-release.yml@' + assertion.ref",
    "assertion.runner_environment == 'github-hosted'",
  ])

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

# For pull requests, which may only read: the reviewer sees Terraform's plan.
resource "google_iam_workload_identity_pool_provider" "pull_requests" {
  #checkov:skip=CKV_GCP_125:It wants the repository's name in the subject. Names can be taken over; the numbers below cannot.
  project                            = var.project
  workload_identity_pool_id          = google_iam_workload_identity_pool.github.workload_identity_pool_id
  workload_identity_pool_provider_id = "pull-requests"
  display_name                       = "Pull requests"

  attribute_mapping = {
    "google.subject"  = "assertion.sub"
    "attribute.event" = "assertion.event_name"
  }
  attribute_condition = "${local.repository} && assertion.event_name == 'pull_request'"

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

# Which principals may use which account.
resource "google_service_account_iam_member" "federated" {
  for_each = local.federated

  service_account_id = google_service_account.this[each.value.account].name
  role               = "roles/iam.workloadIdentityUser"
  member             = "${local.principals}/${each.value.principal}"
}
