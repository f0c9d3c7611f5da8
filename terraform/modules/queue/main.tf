# A queue of Cloud Tasks. The target, the deadline and the token of a task are in the task itself.

resource "google_cloud_tasks_queue" "this" {
  project  = var.project
  location = var.region
  name     = var.name

  rate_limits {
    max_dispatches_per_second = var.rates.dispatches_per_second
    # Cloud Run answers 429 when it is full, which slows the whole queue down. 5,000 is Cloud Tasks' maximum.
    max_concurrent_dispatches = min(5000, var.capacity)
  }

  retry_config {
    # A task is dropped when it is older than the duration *and* has had so many attempts. The back-off reaches this
    # number long before the day is over, so the duration alone decides; "unlimited" would leave the result undefined.
    max_attempts       = 100
    max_retry_duration = "86400s"
    min_backoff        = "${var.rates.min_backoff_seconds}s"
    max_backoff        = "${var.rates.max_backoff_seconds}s"
    max_doublings      = var.rates.doublings
  }
}

resource "google_cloud_tasks_queue_iam_member" "enqueuer" {
  for_each = var.enqueuers

  project  = var.project
  location = var.region
  name     = google_cloud_tasks_queue.this.name
  role     = "roles/cloudtasks.enqueuer"
  member   = each.value
}
