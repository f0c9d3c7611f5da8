# The pipeline's accounts: each for one task, with what that task needs.

locals {
  accounts = merge(
    var.builds ? {
      builder = { display_name = "Pushes images", principal = "attribute.environment/${local.deploying}" }
    } : {},
    {
      deployer = { display_name = "Makes revisions and moves traffic", principal = "attribute.environment/${local.deploying}" }
      planner  = { display_name = "Reads what terraform plan compares", principal = "attribute.event/pull_request" }
      applier  = { display_name = "Runs terraform apply", principal = "attribute.environment/${local.provisioning}" }
    },
  )
}

resource "google_service_account" "this" {
  for_each = local.accounts

  project      = var.project
  account_id   = each.key
  display_name = each.value.display_name
}
