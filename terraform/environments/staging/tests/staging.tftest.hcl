# Without a cloud and without credentials: the provider is mocked; its schema is still checked.
mock_provider "time" {}

mock_provider "google" {
  mock_resource "google_service_account" {
    defaults = {
      email  = "account@project-one.iam.gserviceaccount.com"
      member = "serviceAccount:account@project-one.iam.gserviceaccount.com"
      name   = "projects/project-one/serviceAccounts/account@project-one.iam.gserviceaccount.com"
    }
  }
  mock_data "google_project" {
    defaults = { number = 123456789012 }
  }
}

run "staging" {
  command = plan # nothing here may be destroyed, also after a test

  assert {
    condition     = output.deployment.environment == "staging"
    error_message = "It says what it is."
  }
  assert {
    condition     = contains(keys(output.pipeline.accounts), "builder") && strcontains(output.deployment.registry, "/${output.deployment.project}/")
    error_message = "What goes to production is built here, once."
  }
}
