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
  project = "project-one"
  region  = "europe-west1"
  writers = { builder = "serviceAccount:builder@project-one.iam.gserviceaccount.com" }
  readers = { deployer = "serviceAccount:deployer@project-two.iam.gserviceaccount.com" }
}

run "registry" {
  assert {
    condition     = google_artifact_registry_repository.this.docker_config[0].immutable_tags
    error_message = "A tag never moves."
  }
  assert {
    condition     = length([for each in google_artifact_registry_repository.this.cleanup_policies : each if each.action == "KEEP"]) == 2 && google_artifact_registry_repository.this.cleanup_policy_dry_run == false
    error_message = "Clean-up really deletes, and keeps releases and the newest images."
  }
  assert {
    condition     = toset(flatten([for each in google_artifact_registry_repository.this.cleanup_policies : each.condition[0].tag_prefixes if each.id == "keep-releases"])) == toset(["v", "r-"])
    error_message = "What carries a release's tag is kept for ever."
  }
  assert {
    condition     = google_artifact_registry_repository_iam_member.writer["builder"].role == "roles/artifactregistry.writer" && google_artifact_registry_repository_iam_member.reader["deployer"].role == "roles/artifactregistry.reader"
    error_message = "Writers push, readers pull."
  }
  assert {
    condition     = output.repository == "europe-west1-docker.pkg.dev/project-one/nanobanana"
    error_message = "Image names begin with this."
  }
}
