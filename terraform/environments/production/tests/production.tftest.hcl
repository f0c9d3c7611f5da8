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

run "production" {
  command = plan # nothing here may be destroyed, also after a test

  assert {
    condition     = output.deployment.environment == "production"
    error_message = "It says what it is."
  }
  assert {
    condition     = alltrue([for name in ["webhook", "bot"] : output.deployment.functions[name].min_instances >= 1])
    error_message = "Nobody waits for the first instance."
  }
  assert {
    condition     = !contains(keys(output.pipeline.accounts), "builder") && !strcontains(output.deployment.registry, "/${output.deployment.project}/")
    error_message = "Nothing is built for production: it runs what staging ran."
  }
}
