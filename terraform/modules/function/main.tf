# One function: a Cloud Run service that runs the common image with its own service account.
#
# Terraform owns the service (name, ingress, who may call it, how many instances stay warm) and its account. Image,
# template and traffic belong to the deployer (docs/decisions/0007-terraform-owns-the-service.md): the template below
# only exists because a service cannot be created without one.

locals {
  # Answers 200 to every path, so that the probes succeed until the first release.
  placeholder_image = "us-docker.pkg.dev/cloudrun/container/hello"

  # The deployer sets these values and the probes too (infra/deploy/revisions.py); `make check` compares them.
  port = 8080
}

resource "google_service_account" "this" {
  project      = var.project
  account_id   = "${var.name}-function"
  display_name = "Function ${var.name}"
}

resource "google_service_account_iam_member" "actor" {
  for_each = var.actors

  service_account_id = google_service_account.this.name
  role               = "roles/iam.serviceAccountUser"
  member             = each.value
}

resource "google_cloud_run_v2_service" "this" {
  project  = var.project
  location = var.region
  name     = var.name

  # Not "internal": Cloud Tasks and Cloud Scheduler would be allowed, but the deployer probes tag URLs from outside the
  # project. A function that is not public is still protected twice: by the invoker check, and by the function itself,
  # which accepts only the account of Cloud Tasks and Scheduler (except for /health, /ready and /version).
  ingress = "INGRESS_TRAFFIC_ALL"

  # Used instead of a grant to allUsers, which many organisations forbid.
  invoker_iam_disabled = var.public
  deletion_protection  = var.deletion_protection

  # Set on the service, not on revisions: a revision's own minimum would be kept, and billed, for every tagged revision.
  scaling {
    min_instance_count = var.limits.min_instances
  }

  # Google refuses a revision whose image the project's policy does not allow (../attestation).
  binary_authorization {
    use_default = true
  }

  template {
    service_account                  = google_service_account.this.email
    timeout                          = "${var.limits.timeout_seconds}s"
    max_instance_request_concurrency = var.limits.concurrency

    scaling {
      max_instance_count = var.limits.max_instances
    }

    containers {
      image = local.placeholder_image

      ports {
        container_port = local.port
      }

      resources {
        limits            = { cpu = var.limits.cpu, memory = var.limits.memory }
        cpu_idle          = !var.limits.instance_billing
        startup_cpu_boost = true
      }

      # Without secrets: they have no version yet, so a revision that reads one would not start.
      dynamic "env" {
        for_each = var.env
        content {
          name  = env.key
          value = env.value
        }
      }

      startup_probe {
        period_seconds    = 1
        timeout_seconds   = 1
        failure_threshold = 60
        http_get {
          path = "/health"
          port = local.port
        }
      }

      liveness_probe {
        period_seconds    = 30
        timeout_seconds   = 5
        failure_threshold = 3
        http_get {
          path = "/health"
          port = local.port
        }
      }
    }
  }

  lifecycle {
    ignore_changes = [template, traffic, annotations, labels, client, client_version]
  }

  # The creator may be one of the members.
  depends_on = [google_service_account_iam_member.actor]
}

resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = var.public ? {} : var.invokers

  project  = var.project
  location = var.region
  name     = google_cloud_run_v2_service.this.name
  role     = "roles/run.invoker"
  member   = each.value
}

resource "google_cloud_run_v2_service_iam_member" "deployer" {
  for_each = var.deployers

  project  = var.project
  location = var.region
  name     = google_cloud_run_v2_service.this.name
  role     = var.deployer_role
  member   = each.value
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each = var.secrets

  project   = var.project
  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.this.member
}
