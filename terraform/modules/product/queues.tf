# The queues of the functions, and the scheduled calls.

module "queue" {
  source   = "../queue"
  for_each = local.queue_functions

  name    = "${each.key}${local.suffix}"
  project = var.project
  region  = var.region
  # Together they make no more concurrent calls than the function can handle.
  capacity  = ceil(local.limits[each.value].concurrency * local.limits[each.value].max_instances / local.queues[each.value].count)
  rates     = local.queues[each.value]
  enqueuers = { for name, function in local.functions : name => local.members[name] if contains(function.enqueues, each.value) }

  depends_on = [time_sleep.apis]
}

resource "google_cloud_scheduler_job" "this" {
  for_each = local.jobs

  project          = var.project
  region           = var.region
  name             = each.key
  schedule         = each.value
  time_zone        = "Etc/UTC"
  attempt_deadline = "${local.limits[each.key].deadline_seconds}s"

  # No retries: the next scheduled call replaces a failed one.
  retry_config {
    retry_count = 0
  }

  http_target {
    http_method = "POST"
    uri         = "${local.urls[each.key]}/"

    oidc_token {
      service_account_email = local.callers[each.key]
      audience              = local.urls[each.key]
    }
  }

  depends_on = [module.function, google_service_account_iam_member.creates_jobs, google_service_account_iam_member.creates_release_tasks]
}
