output "outside_copy" {
  description = "What the product's variable of this name is set to."
  value = {
    copier = google_service_account.copier.member
    agent  = data.google_storage_transfer_project_service_account.this.member
  }
}

output "rehearsal" {
  description = "The GitHub variable REHEARSAL of the environment; null: there is none."
  value = local.rehearses ? {
    project  = var.rehearsal.project
    region   = var.region
    account  = google_service_account.rehearser[0].email
    provider = google_iam_workload_identity_pool_provider.rehearsal[0].name
  } : null
}
