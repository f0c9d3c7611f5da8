# The copies of staging outside its project. People apply this by hand, because the pipeline has no
# right here (docs/deploy.md).

terraform {
  required_version = ">= 1.9"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.7"
    }
  }

  # Made by hand, in the copies' own project.
  backend "gcs" {
    bucket = "nanobanana-staging-outside-terraform"
    prefix = "outside"
  }
}

provider "google" {
  project = local.project
  region  = local.region

  billing_project       = local.project
  user_project_override = true
}

locals {
  project = "nanobanana-staging-outside"
  region  = "europe-west4"
}

module "outside" {
  source = "../../modules/outside"

  environment        = "staging"
  project            = local.project
  region             = local.region
  source_project     = "nanobanana-staging"
  source_location    = "europe-west1"
  source_bucket      = "nanobanana-staging-media"
  restoring_projects = ["nanobanana-staging"]
  restorers          = []   # ["group:…"], who restore
  rehearsal          = null # { project = "…", repository_id = "…", owner_id = "…" }, its project also in restoring_projects
  alert_emails       = []
}

# `terraform destroy` is refused as a whole, as in the environment itself.
resource "terraform_data" "never_destroyed" {
  lifecycle {
    prevent_destroy = true
  }
}

output "outside_copy" {
  description = "What the variable of this name in terraform/environments/staging/main.tf is set to."
  value       = module.outside.outside_copy
}

output "rehearsal" {
  description = "The GitHub variable REHEARSAL of the environment staging."
  value       = module.outside.rehearsal
}
