# What the verbs and people ask for: terraform output.

output "deployment" {
  description = "The content of deployment.json."
  value       = module.product.deployment
}

output "webhook_url" {
  description = "Where Telegram sends updates to."
  value       = module.product.webhook_url
}

output "secrets" {
  description = "The secrets that need a value."
  value       = module.product.secrets
}

output "pipeline" {
  description = "What the workflows are told: the federation's providers and the accounts."
  value       = module.product.pipeline
}

output "next" {
  description = "What Terraform cannot do alone."
  value       = module.product.next
}
