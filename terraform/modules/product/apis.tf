# What the project has to be able to do. Never switched off again: that would take other people's work with it.

locals {
  apis = toset(concat(
    [
      "artifactregistry", "cloudresourcemanager", "cloudscheduler", "cloudtasks", "firestore", "iam", "iamcredentials",
      "logging", "monitoring", "run", "secretmanager", "serviceusage", "storage", "sts",
    ],
    var.gemini_api_key ? ["generativelanguage"] : ["aiplatform"],
    var.billing_account == null ? [] : ["billingbudgets"],
  ))
}

resource "google_project_service" "this" {
  for_each = local.apis

  project            = var.project
  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false
}
