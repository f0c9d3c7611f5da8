# Without a cloud and without credentials: the provider is mocked; its schema is still checked.
mock_provider "time" {}

mock_provider "google" {
  mock_resource "google_service_account" {
    defaults = {
      email  = "account@copies-one.iam.gserviceaccount.com"
      member = "serviceAccount:account@copies-one.iam.gserviceaccount.com"
      name   = "projects/copies-one/serviceAccounts/account@copies-one.iam.gserviceaccount.com"
    }
  }
  mock_data "google_project" {
    defaults = { number = 123456789012 }
  }
  mock_data "google_storage_transfer_project_service_account" {
    defaults = { member = "serviceAccount:project-1@storage-transfer-service.iam.gserviceaccount.com" }
  }
}

variables {
  environment        = "production"
  project            = "copies-one"
  region             = "europe-west4"
  source_project     = "project-one"
  source_location    = "europe-west1"
  source_bucket      = "project-one-media"
  restoring_projects = ["project-one"]
  alert_emails       = ["alerts@nanobanana.dev"]
}

run "half_an_hour" {
  assert {
    condition     = google_cloud_scheduler_job.copy.schedule == "*/30 * * * *"
    error_message = "What is lost is at most an hour old."
  }
  assert {
    condition     = strcontains(google_monitoring_alert_policy.old.conditions[0].condition_prometheus_query_language[0].query, "[110m]")
    error_message = "The alarm rings before the newest copy is two hours old."
  }
  assert {
    condition     = alltrue([for bucket in google_storage_bucket.copy : bucket.retention_policy[0].is_locked && !bucket.force_destroy])
    error_message = "Nobody deletes a copy."
  }
}

run "rarer_copies" {
  variables {
    every_minutes = 360
  }
  assert {
    condition     = google_cloud_scheduler_job.copy.schedule == "0 */6 * * *" && strcontains(google_monitoring_alert_policy.old.conditions[0].condition_prometheus_query_language[0].query, "[770m]")
    error_message = "The alarm follows the rhythm."
  }
}

run "the_same_region" {
  command = plan
  variables {
    region = "europe-west1"
  }
  expect_failures = [google_storage_bucket.copy]
}

run "the_same_project" {
  command = plan
  variables {
    source_project = "copies-one"
  }
  expect_failures = [google_storage_bucket.copy]
}

run "an_odd_rhythm" {
  command = plan
  variables {
    every_minutes = 45
  }
  expect_failures = [var.every_minutes]
}

run "dev" {
  command = plan
  variables {
    environment = "dev"
  }
  expect_failures = [var.environment]
}
