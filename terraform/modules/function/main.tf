# One function: a Cloud Run service that runs the common image as an account of its own.
#
# Terraform owns the service (name, ingress, who may call it, how many instances stay warm) and its account. Image,
# template and traffic belong to the deployer (docs/decisions/0007-terraform-owns-the-service.md): the template below
# only exists because a service cannot be created without one.

locals {
  # Answers 200 to every path, so that the probes find it alive until the first release comes.
  placeholder_image = "us-docker.pkg.dev/cloudrun/container/hello"

  # This and the probes are the deployer's too (infra/deploy/revisions.py); `make check` compares the two.
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

  # Not "internal": Cloud Tasks and Cloud Scheduler would pass, but the deployer probes tag URLs from outside the
  # project. What is not public is closed twice all the same: by the invoker check, and by the function itself, which
  # answers nobody but the account that Cloud Tasks and Scheduler call as (but for /health, /ready and /version).
  ingress = "INGRESS_TRAFFIC_ALL"

  # Rather than granting allUsers, which many organisations forbid.
  invoker_iam_disabled = var.public
  deletion_protection  = var.deletion_protection

  # Of the service, not of the revisions: a revision's own minimum is kept, and billed, for every tagged revision.
  scaling {
    min_instance_count = var.limits.min_instances
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

      # Without the secrets: they have no version yet, and a revision that asks for one would not start.
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

  # Whoever creates it may be one of them.
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
  role     = "roles/run.developer"
  member   = each.value
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each = var.secrets

  project   = var.project
  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.this.member
}
