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
  project   = "project-one"
  name      = "project-one-media"
  location  = "europe-west1"
  versioned = true
  protected = true
  users     = { image = "serviceAccount:image-function@project-one.iam.gserviceaccount.com" }
}

run "protected_pictures" {
  assert {
    condition     = google_storage_bucket.this.uniform_bucket_level_access && google_storage_bucket.this.public_access_prevention == "enforced"
    error_message = "No picture is ever public."
  }
  assert {
    condition     = google_storage_bucket.this.force_destroy == false && google_storage_bucket.this.versioning[0].enabled && google_storage_bucket.this.soft_delete_policy[0].retention_duration_seconds == 604800
    error_message = "Pictures can be brought back for a week, and do not go with the bucket."
  }
  assert {
    condition     = one([for rule in google_storage_bucket.this.lifecycle_rule : one(rule.condition).age if one(rule.action).type == "Delete" && try(contains(one(rule.condition).matches_prefix, "jobs/"), false)]) == 90
    error_message = "Pictures are kept as long as their jobs: 90 days."
  }
  assert {
    condition     = one([for rule in google_storage_bucket.this.lifecycle_rule : one(rule.condition).age if one(rule.action).type == "Delete" && try(contains(one(rule.condition).matches_prefix, "archives/"), false)]) == 1
    error_message = "ZIPs of results are deleted after a day."
  }
  assert {
    condition     = one([for rule in google_storage_bucket.this.lifecycle_rule : one(rule.condition) if one(rule.action).storage_class == "COLDLINE"]).age == 3 && length(one([for rule in google_storage_bucket.this.lifecycle_rule : one(rule.condition).matches_suffix if one(rule.action).storage_class == "COLDLINE"])) == 10
    error_message = "Pictures, not their signatures, are moved to a colder class after three days."
  }
  assert {
    condition     = length([for rule in google_storage_bucket.this.lifecycle_rule : rule if one(rule.condition).days_since_noncurrent_time == 1 && one(rule.action).type == "Delete"]) == 1
    error_message = "What a person deleted is gone after a day as a version and a week in soft delete."
  }
  assert {
    condition     = google_storage_bucket_iam_member.user["image"].role == "roles/storage.objectUser"
    error_message = "Users handle pictures, not the bucket."
  }
}

run "disposable_pictures" {
  command = plan
  variables {
    versioned = false
    protected = false
  }
  assert {
    condition     = google_storage_bucket.this.force_destroy && google_storage_bucket.this.versioning[0].enabled == false
    error_message = "What is not protected can be taken down with terraform destroy."
  }
}
