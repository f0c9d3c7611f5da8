# The APIs that the project needs. They are never disabled again, because others may use them.

locals {
  apis = toset(concat(
    [
      "artifactregistry", "binaryauthorization", "cloudkms", "cloudresourcemanager", "cloudscheduler", "cloudtasks",
      "containeranalysis", "firestore", "iam", "iamcredentials", "logging", "monitoring", "run", "secretmanager", "serviceusage", "storage", "sts", "transcoder",
    ],
    var.gemini_api_key ? ["generativelanguage"] : ["aiplatform"],
    var.billing_account == null ? [] : ["billingbudgets"],
    local.tells ? ["pubsub"] : [],
    var.analytics ? ["bigquery"] : [],
    var.telemetry == null ? [] : ["cloudtrace", "telemetry"],
    # Each image for production is scanned once ($0.26), and looked at again while it is in use. Not the previews of dev.
    var.image_project == null && var.environment != "dev" ? ["containeranalysis", "containerscanning"] : [],
  ))
}

resource "google_project_service" "this" {
  for_each = local.apis

  project            = var.project
  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false
}

# Google says that an API is on before all of its servers know it; until then they refuse calls with 403
# SERVICE_DISABLED. Everything that needs an API depends on this
# (https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/google_project_service).
resource "time_sleep" "apis" {
  create_duration = "90s"
  triggers        = { apis = join(",", sort(local.apis)) }

  depends_on = [google_project_service.this]
}
