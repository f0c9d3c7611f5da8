output "deployer" {
  description = "The deploying account as a member of policies."
  value       = google_service_account.this["deployer"].member
}

output "applier" {
  description = "The applying account as a member of policies."
  value       = google_service_account.this["applier"].member
}

output "attester" {
  description = "The attesting account as a member of policies."
  value       = google_service_account.this["attester"].member
}

output "planner" {
  description = "The planning account as a member of policies."
  value       = google_service_account.this["planner"].member
}

output "builders" {
  description = "The building account as a member of policies, where there is one."
  value       = var.builds ? { builder = google_service_account.this["builder"].member } : {}
}

output "settings" {
  description = "What the workflows are told; none of it is secret."
  value = {
    providers = {
      builds        = google_iam_workload_identity_pool_provider.builds.name
      environments  = google_iam_workload_identity_pool_provider.environments.name
      pull_requests = google_iam_workload_identity_pool_provider.pull_requests.name
    }
    accounts = { for name, account in google_service_account.this : name => account.email }
  }
}
