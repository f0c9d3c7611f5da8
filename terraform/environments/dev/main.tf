# dev: whatever branch was pushed last. Nothing here is worth keeping.

terraform {
  required_version = ">= 1.9"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
  }

  # Made by `python -m infra.deploy bootstrap`; named like the project.
  backend "gcs" {
    bucket = "nanobanana-dev-terraform"
    prefix = "product"
  }
}

provider "google" {
  project = local.project
  region  = local.region

  # A person's own login has no quota of its own: budgets and monitoring are asked for in the project's name.
  billing_project       = local.project
  user_project_override = true
}

locals {
  project = "nanobanana-dev"
  region  = "europe-west1"
}

module "product" {
  source = "../../modules/product"

  environment        = "dev"
  project            = local.project
  region             = local.region
  firestore_location = "europe-west1"
  protected          = false
  instances          = {}

  gemini_api_key = false
  staff_chat_ids = []

  # gh api repos/OWNER/NAME --jq '.id, .owner.id'
  github = {
    repository_id = "100000001"
    owner_id      = "200000002"
    refs          = ["refs/heads/feature/*", "refs/heads/fix/*", "refs/heads/hotfix/*", "refs/heads/staging", "refs/heads/main"]
  }

  # Images are built once: who runs another's names that project, who builds names the readers, id = number,
  # once those projects were applied.
  image_project = null
  image_readers = {}

  alert_emails    = []
  billing_account = "000000-000000-000000" # made up: apply fails until it is yours, or null for no budget
  budget_monthly  = { units = 20, currency = "EUR" }
  spend_usd_max   = { hour = 1, day = 3 }
}
