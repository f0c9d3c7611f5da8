# Where the rollout's record and its lock lie: annotations of a service that nobody calls and that costs nothing
# (docs/decisions/0103-the-record-leaves-the-webhook.md). Terraform's update of a service sends the whole object as it was
# read, so the record must be where Terraform never writes: this service is made once and then ignored.

resource "google_service_account" "record" {
  project      = var.project
  account_id   = "rollout-record"
  display_name = "The rollout's record; it has no rights"

  depends_on = [time_sleep.apis]
}

# Whoever makes or changes a service must be allowed to act as its account.
resource "google_service_account_iam_member" "record_actor" {
  for_each = { deployer = module.pipeline.deployer, applier = module.pipeline.applier }

  service_account_id = google_service_account.record.name
  role               = "roles/iam.serviceAccountUser"
  member             = each.value
}

resource "google_cloud_run_v2_service" "record" {
  project             = var.project
  location            = var.region
  name                = "rollout-record" # infra/deploy/desk.py
  ingress             = "INGRESS_TRAFFIC_INTERNAL_ONLY"
  deletion_protection = var.protected

  binary_authorization {
    use_default = true
  }

  template {
    service_account = google_service_account.record.email

    scaling {
      max_instance_count = 1
    }

    containers {
      image = "us-docker.pkg.dev/cloudrun/container/hello"
    }
  }

  lifecycle {
    ignore_changes = all
  }

  depends_on = [time_sleep.apis, google_service_account_iam_member.record_actor]
}

resource "google_cloud_run_v2_service_iam_member" "record_deployer" {
  project  = var.project
  location = var.region
  name     = google_cloud_run_v2_service.record.name
  role     = google_project_iam_custom_role.service_deployer.name
  member   = module.pipeline.deployer
}
