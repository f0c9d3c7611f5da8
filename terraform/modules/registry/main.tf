# Container images. An image is built once and moves between environments by its digest; tags are immutable.

resource "google_artifact_registry_repository" "this" {
  #checkov:skip=CKV_GCP_84:The image is this public code; Google's own encryption at rest will do, a key would be one more thing to lose.
  project       = var.project
  location      = var.region
  repository_id = "nanobanana"
  format        = "DOCKER"
  description   = "One image for all functions"

  docker_config {
    immutable_tags = true
  }

  # Clean-up cannot see what is deployed, so a released image gets a tag r-… (`build-image --keep`, in build-release for
  # main) and is kept for ever: "keep" wins over "delete". Of the other images those of the last 180 days are kept, and
  # the 100 newest. A digest that was deployed by hand is kept by the same command, or by
  # `gcloud artifacts docker tags add IMAGE@sha256:… IMAGE:v…`.
  cleanup_policy_dry_run = false

  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"
    condition {
      tag_state  = "ANY"
      older_than = "15552000s"
    }
  }

  cleanup_policies {
    id     = "keep-releases"
    action = "KEEP"
    condition {
      tag_state    = "TAGGED"
      tag_prefixes = ["v", "r-"]
    }
  }

  cleanup_policies {
    id     = "keep-newest"
    action = "KEEP"
    most_recent_versions {
      keep_count = 100
    }
  }
}

resource "google_artifact_registry_repository_iam_member" "writer" {
  for_each = var.writers

  project    = var.project
  location   = var.region
  repository = google_artifact_registry_repository.this.repository_id
  role       = "roles/artifactregistry.writer"
  member     = each.value
}

resource "google_artifact_registry_repository_iam_member" "reader" {
  for_each = var.readers

  project    = var.project
  location   = var.region
  repository = google_artifact_registry_repository.this.repository_id
  role       = "roles/artifactregistry.reader"
  member     = each.value
}
