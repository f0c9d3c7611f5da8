# production: what people use.

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
    bucket = "nanobanana-production-terraform"
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
  project = "nanobanana-production"
  region  = "europe-west1"
}

module "product" {
  source = "../../modules/product"

  environment = "production"
  project     = local.project
  region      = local.region
  # As everything else. In eur3 the books survive the loss of a region, at twice the price of each read and write
  # (docs/decisions/0047-what-a-picture-costs-beside-the-model.md). It can never be changed: an environment that exists
  # keeps what it has.
  firestore_location = "europe-west1"
  protected          = true
  instances = {
    webhook = { min = 1, max = 20 }
    bot     = { min = 1, max = 20 }
    # A new project has 20 CPUs and 40 GiB in a region, and Cloud Run refuses a service that might take more: 20 of 2 GiB.
    # From 10,000 pictures a day its CPU is hardly ever idle: then instance_billing = true costs less (docs/deploy.md).
    image = { min = 0, max = 20 }
  }

  gemini_api_key = false
  staff_chat_ids = []

  # gh api repos/OWNER/NAME --jq '.id, .owner.id'
  github = {
    repository_id = "100000001"
    owner_id      = "200000002"
    refs          = ["refs/heads/main"]
  }

  # Images are built once: who runs another's names that project, who builds names the readers, id = number,
  # once those projects were applied.
  image_project = "nanobanana-staging"
  image_readers = {}

  alert_emails    = ["alerts@example.com"]
  billing_account = "000000-000000-000000" # made up: apply fails until it is yours, or null for no budget
  budget_monthly  = { units = 500, currency = "EUR" }
  spend_usd_max   = { hour = 10, day = 50 }
}
