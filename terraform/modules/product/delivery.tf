# The deployer's input: the settings of every function's revisions (docs/decisions/0007-terraform-owns-the-service.md).

locals {
  # All that Terraform reads here. A release compares the hash with its own files: infra/deploy/terraform_sources.py.
  root = "${path.module}/../../.."
  sources = sort(concat(
    tolist(fileset(local.root, "terraform/modules/*/*.tf")),
    tolist(fileset(local.root, "terraform/environments/${var.environment}/*.tf")),
    ["infra/functions.json", "infra/firestore.indexes.json", "infra/releases.indexes.json"],
  ))

  deployment = {
    sources        = sha256(join("", [for path in local.sources : "${path} ${filesha256("${local.root}/${path}")}\n"]))
    environment    = var.environment
    project        = var.project
    project_number = tostring(data.google_project.this.number)
    region         = var.region
    registry       = local.registry
    staff_chat_ids = var.staff_chat_ids
    proven_images  = var.proven_images
    asks_agreement = var.release_bot
    attestor       = module.attestation.attestor
    functions = {
      for name in keys(local.functions) : name => merge(module.function[name].deployment, { url = local.urls[name] })
    }
    indexes = sort(concat(module.firestore[var.firestore_database].indexes, module.release_database.indexes))
    queues  = { for name, function in local.queue_functions : name => { name = module.queue[name].id, function = function } }
  }
}

resource "google_storage_bucket" "delivery" {
  #checkov:skip=CKV_GCP_62:One file without secrets, read by the pipeline; its history is in its versions.
  project  = var.project
  name     = "${var.project}-delivery"
  location = var.region

  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.protected

  # The object's history allows to inspect and undo a bad apply.
  versioning {
    enabled = true
  }

  soft_delete_policy {
    retention_duration_seconds = 604800
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      num_newer_versions = 50
      with_state         = "ARCHIVED"
    }
  }

  depends_on = [time_sleep.apis]
}

resource "google_storage_bucket_object" "deployment" {
  bucket        = google_storage_bucket.delivery.name
  name          = "deployment.json"
  content       = "${jsonencode(local.deployment)}\n"
  content_type  = "application/json"
  cache_control = "no-store"

  # The last thing that an apply writes: what it names is there, its rights are granted, its indexes are built. A test
  # wants every resource of this module here.
  depends_on = [
    module.attestation, module.encryption, module.firestore, module.function, module.media, module.observability, module.pipeline, module.queue, module.registry,
    google_cloud_run_v2_service_iam_member.record_deployer, google_cloud_scheduler_job.this,
    google_project_iam_member.copies, google_project_iam_member.documents, google_project_iam_member.exporter,
    google_project_iam_member.model, google_project_iam_member.release_documents, google_storage_bucket_iam_member.copied,
    google_service_account_iam_member.creates_release_tasks, module.release_database,
    google_pubsub_subscription.alarms, google_pubsub_topic_iam_member.monitoring,
    google_bigquery_dataset_iam_member.business, google_project_iam_member.telemetry,
    google_service_account_iam_member.creates_jobs, google_service_account_iam_member.creates_tasks,
    google_service_account_iam_member.signs_links, google_storage_bucket_iam_member.delivery_reader, google_storage_bucket_iam_member.release_log_writer,
  ]
}

# The readers, granted beside the bucket as everywhere.
resource "google_storage_bucket_iam_member" "delivery_reader" {
  for_each = { attester = module.pipeline.attester, deployer = module.pipeline.deployer, planner = module.pipeline.planner }

  bucket = google_storage_bucket.delivery.name
  role   = "roles/storage.objectViewer"
  member = each.value
}
