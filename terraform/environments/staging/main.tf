# staging: the next release. Its images go to production by their digest.

terraform {
  required_version = ">= 1.9"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.7"
    }
  }

  # Made by `python -m infra.deploy bootstrap`; named like the project.
  backend "gcs" {
    bucket = "nanobanana-staging-terraform"
    prefix = "product"
  }
}

provider "google" {
  project = local.project
  region  = local.region

  # A person's login has no quota of its own, so calls for budgets and monitoring use the project's.
  billing_project       = local.project
  user_project_override = true
}

locals {
  project = "nanobanana-staging"
  region  = "europe-west1"
}

module "product" {
  source = "../../modules/product"

  environment        = "staging"
  project            = local.project
  region             = local.region
  firestore_location = "europe-west1"
  protected          = false
  instances          = {}

  gemini_api_key = false
  fal_api_key    = false
  veo_offers     = false
  video_notices  = false
  sell_credits   = null # { support_contact = "@…" } sells credits
  take_cards     = null # { lava = { offers = { s = "…" } }, yookassa = { shop_id = "…" } } takes cards
  erase_people   = false
  mini_app       = null # { bot_id = "1234567", bot_username = "our_bot" } serves the Mini App
  admin_ids      = []   # Telegram's ids of the operators, who may write to everybody (/broadcast), and have pages (/admin)
  admin_roles    = {}   # { "501" = "support" }: others who use the operators' pages, as viewer, support, finance or admin
  staff_chat_ids = []

  # true from the second release on that knows it: docs/deploy.md.
  encrypt_fields = false

  # gh api repos/OWNER/NAME --jq '.id, .owner.id'
  github = {
    repository_id = "100000001"
    owner_id      = "200000002"
    refs          = ["refs/heads/staging", "refs/heads/main"]
  }

  # After the first image only what the pipeline built and signed is released. Where no pipeline is connected: false.
  proven_images = true

  # Then Google itself refuses everything else: set it to true when what is served was attested by the pipeline.
  attested_images = true

  # Images are built once. An environment that runs another project's images names that project; the one that builds
  # names its readers (id = number), after those projects were applied.
  image_project = null
  image_readers = {}

  alert_emails    = []
  notice_chat     = null                   # { chat_id = "-100…", runbooks_url = "https://…/docs/runbooks" } tells alarms in a chat
  slack_notices   = false                  # true: alarms are told in Slack too
  sentry          = false                  # true: errors and alarms are sent to Sentry
  telemetry       = null                   # { traces_share = 0.1 } sends traces and metrics to Google's Telemetry API
  analytics       = false                  # true: events of the business, without people, are brought to BigQuery
  event_service   = false                  # true: they are sent to Google Analytics or Mixpanel
  support_chat_id = ""                     # "-100…": the group with topics in which people are answered
  release_bot     = false                  # true: the team has a release bot
  release_app     = null                   # { repository = "OWNER/NAME", client_id = "…", installation_id = "…" } starts workflows
  outside_copy    = null                   # the output of terraform/outside/staging has the copies made outside
  billing_account = "000000-000000-000000" # made up: apply fails until it is yours, or null for no budget
  budget_monthly  = { units = 50, currency = "EUR" }
  spend_usd_max   = { hour = 2, day = 6 }
}

# `terraform destroy` is refused as a whole, before anything goes: people's data, money, rights and alarms hang on this
# environment, and Terraform would delete whatever does not protect itself.
resource "terraform_data" "never_destroyed" {
  lifecycle {
    prevent_destroy = true
  }
}
