# Without a cloud and without credentials: the provider is mocked; its schema is still checked.
mock_provider "google" {
  mock_resource "google_service_account" {
    defaults = {
      email  = "account@project-one.iam.gserviceaccount.com"
      member = "serviceAccount:account@project-one.iam.gserviceaccount.com"
      name   = "projects/project-one/serviceAccounts/account@project-one.iam.gserviceaccount.com"
    }
  }
}

variables {
  name      = "bot"
  project   = "project-one"
  region    = "europe-west1"
  capacity  = 400
  rates     = { dispatches_per_second = 500, min_backoff_seconds = 1, max_backoff_seconds = 60, doublings = 6 }
  enqueuers = { webhook = "serviceAccount:webhook-function@project-one.iam.gserviceaccount.com" }
}

run "queue" {
  assert {
    condition     = google_cloud_tasks_queue.this.retry_config[0].max_retry_duration == "86400s"
    error_message = "Work is repeated for a day (docs/architecture.md)."
  }
  assert {
    condition     = google_cloud_tasks_queue.this.retry_config[0].max_attempts > 0
    error_message = "With unlimited attempts nothing says that the day ends the work."
  }
  assert {
    condition     = google_cloud_tasks_queue.this.rate_limits[0].max_concurrent_dispatches == 400
    error_message = "Never more under way than the function can hold."
  }
  assert {
    condition     = keys(google_cloud_tasks_queue_iam_member.enqueuer) == ["webhook"] && google_cloud_tasks_queue_iam_member.enqueuer["webhook"].role == "roles/cloudtasks.enqueuer"
    error_message = "An enqueuer may put tasks in, and neither read nor delete them."
  }
}

run "capacity_above_what_the_platform_takes" {
  command = plan
  variables {
    capacity = 9000
  }
  assert {
    condition     = google_cloud_tasks_queue.this.rate_limits[0].max_concurrent_dispatches == 5000
    error_message = "5,000 is the platform's limit."
  }
}

run "refuses_too_fast" {
  command = plan
  variables {
    rates = { dispatches_per_second = 501, min_backoff_seconds = 1, max_backoff_seconds = 60, doublings = 6 }
  }
  expect_failures = [var.rates]
}

run "refuses_a_back_off_that_shrinks" {
  command = plan
  variables {
    rates = { dispatches_per_second = 5, min_backoff_seconds = 61, max_backoff_seconds = 60, doublings = 6 }
  }
  expect_failures = [var.rates]
}

run "refuses_a_back_off_that_outlasts_the_day" {
  command = plan
  variables {
    rates = { dispatches_per_second = 5, min_backoff_seconds = 1, max_backoff_seconds = 3600, doublings = 6 }
  }
  expect_failures = [var.rates]
}

run "refuses_no_capacity" {
  command = plan
  variables {
    capacity = 0
  }
  expect_failures = [var.capacity]
}
