# Rights that are not on a queue, a bucket, a secret or a service of their own.

# Signs every call of a task endpoint: Cloud Tasks and Cloud Scheduler call in its name. It may do nothing else.
resource "google_service_account" "tasks" {
  project      = var.project
  account_id   = "task-caller"
  display_name = "Calls the functions for Cloud Tasks and Cloud Scheduler"

  depends_on = [google_project_service.this]
}

# Who creates a task that calls in somebody's name must be allowed to act as them.
resource "google_service_account_iam_member" "creates_tasks" {
  for_each = { for name, function in local.functions : name => local.members[name] if length(function.enqueues) > 0 }

  service_account_id = google_service_account.tasks.name
  role               = "roles/iam.serviceAccountUser"
  member             = each.value
}

# And so must whoever sets up the calls by the clock.
resource "google_service_account_iam_member" "creates_jobs" {
  service_account_id = google_service_account.tasks.name
  role               = "roles/iam.serviceAccountUser"
  member             = module.pipeline.applier
}

# Documents: the right is the project's, whichever database a function is told.
resource "google_project_iam_member" "documents" {
  for_each = { for name, function in local.functions : name => local.members[name] if function.firestore }

  project = var.project
  role    = "roles/datastore.user"
  member  = each.value
}

# Gemini as the function's own account; with a key there is nothing to grant.
resource "google_project_iam_member" "model" {
  for_each = { for name, function in local.functions : name => local.members[name] if function.model && !var.gemini_api_key }

  project = var.project
  role    = "roles/aiplatform.user"
  member  = each.value
}
