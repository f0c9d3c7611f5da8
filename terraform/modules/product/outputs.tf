output "deployment" {
  description = "The content of deployment.json."
  value       = local.deployment
}

output "urls" {
  description = "Each function's address."
  value       = local.urls
}

output "webhook_url" {
  description = "Where Telegram sends updates to."
  value       = "${local.urls.webhook}/"
}

output "registry" {
  description = "What image names begin with."
  value       = local.registry
}

output "media_bucket" {
  description = "The bucket of pictures."
  value       = module.media.bucket
}

output "secrets" {
  description = "The secrets that need a value."
  value       = sort(keys(google_secret_manager_secret.this))
}

output "pipeline" {
  description = "What the workflows are told: the federation's providers and the accounts."
  value       = module.pipeline.settings
}

output "next" {
  description = "What Terraform cannot do alone."
  value       = "Give the secrets their values, then: make apply ENV=${var.environment} IMAGE=sha256:…, which runs the image and tells Telegram the webhook (docs/deploy.md, steps 5 to 7)."
}
