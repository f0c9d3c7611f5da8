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

run "dev" {
  assert {
    condition     = output.deployment.environment == "dev"
    error_message = "It says what it is."
  }
  assert {
    condition     = alltrue([for each in values(output.deployment.functions) : each.min_instances == 0])
    error_message = "Nothing runs, and nothing is paid for, while nobody uses it."
  }
  assert {
    condition     = contains(keys(output.pipeline.accounts), "builder")
    error_message = "It builds its own images: a branch's must not be among those that go to production."
  }
}
