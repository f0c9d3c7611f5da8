output "service" {
  description = "Name of the Cloud Run service."
  value       = google_cloud_run_v2_service.this.name
}

output "service_account" {
  description = "Email of the account the function runs as."
  value       = google_service_account.this.email
}

output "member" {
  description = "That account as a member of policies."
  value       = google_service_account.this.member
}

output "deployment" {
  description = "What a revision is made of, for the deployer: everything but image and release."
  value = {
    service         = google_cloud_run_v2_service.this.name
    service_account = google_service_account.this.email
    public          = var.public
    env             = var.env
    secrets         = var.secrets
    cpu             = var.limits.cpu
    memory          = var.limits.memory
    concurrency     = var.limits.concurrency
    timeout_seconds = var.limits.timeout_seconds
    min_instances   = var.limits.min_instances
    max_instances   = var.limits.max_instances
    cpu_boost       = true
    cpu_idle        = !var.limits.instance_billing
  }
}
