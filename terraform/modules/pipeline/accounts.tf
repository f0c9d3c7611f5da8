# The pipeline's accounts: each for one task, with the rights of that task.

locals {
  # Principals: the jobs that may use the account. Nightly jobs have no pull request; they use the environment.
  accounts = merge(
    var.builds ? {
      builder = { display_name = "Pushes images", principals = ["attribute.environment/${local.deploying}"] }
    } : {},
    {
      deployer = { display_name = "Makes revisions and moves traffic", principals = ["attribute.environment/${local.deploying}"] }
      planner = {
        display_name = "Reads what terraform plan compares"
        principals   = ["attribute.event/pull_request", "attribute.environment/${local.deploying}"]
      }
      applier  = { display_name = "Runs terraform apply", principals = ["attribute.environment/${local.provisioning}"] }
      attester = { display_name = "Attests images that build-release has built", principals = ["attribute.build/${local.deploying}"] }
      auditor  = { display_name = "Adds up the books", principals = ["attribute.environment/${local.deploying}"] }
    },
  )

  federated = merge([
    for name, account in local.accounts : { for principal in account.principals : "${name} by ${principal}" => { account = name, principal = principal } }
  ]...)
}

resource "google_service_account" "this" {
  for_each = local.accounts

  project      = var.project
  account_id   = each.key
  display_name = each.value.display_name
}
