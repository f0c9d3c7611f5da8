# Rights that are not granted beside a queue, a bucket, a secret or a service.

# The account with which Cloud Tasks and Cloud Scheduler call task endpoints. It has no other rights.
resource "google_service_account" "tasks" {
  project      = var.project
  account_id   = "task-caller"
  display_name = "Calls the functions for Cloud Tasks and Cloud Scheduler"

  depends_on = [time_sleep.apis]
}

# `releases` is open to everybody, so the tokens of its own tasks are of an account that no other function accepts. It has
# no rights at all.
resource "google_service_account" "release_tasks" {
  project      = var.project
  account_id   = "release-task-caller"
  display_name = "Calls releases for Cloud Tasks and Cloud Scheduler"

  depends_on = [time_sleep.apis]
}

# An account that creates a task must be allowed to act as the account of the task's token.
resource "google_service_account_iam_member" "creates_tasks" {
  for_each = { for name, function in local.functions : name => local.members[name] if length(function.enqueues) > 0 && name != "releases" }

  service_account_id = google_service_account.tasks.name
  role               = "roles/iam.serviceAccountUser"
  member             = each.value
}

resource "google_service_account_iam_member" "creates_release_tasks" {
  for_each = { releases = local.members.releases, applier = module.pipeline.applier }

  service_account_id = google_service_account.release_tasks.name
  role               = "roles/iam.serviceAccountUser"
  member             = each.value
}

# So must the account that creates scheduled calls.
resource "google_service_account_iam_member" "creates_jobs" {
  service_account_id = google_service_account.tasks.name
  role               = "roles/iam.serviceAccountUser"
  member             = module.pipeline.applier
}

# Documents: the right covers the project, for whichever database a function uses, but for the releases' database. The
# condition: https://cloud.google.com/firestore/docs/manage-databases#per-database-permissions
resource "google_project_iam_member" "documents" {
  for_each = { for name, function in local.functions : name => local.members[name] if function.firestore }

  project = var.project
  role    = "roles/datastore.user"
  member  = each.value

  condition {
    title       = "all databases but the releases"
    description = "Who works for people sees and changes no release"
    expression  = "!resource.name.startsWith(\"projects/${var.project}/databases/releases\")"
  }

  # A grant with another condition is another grant: the new one is there before the old one goes.
  lifecycle {
    create_before_destroy = true
  }
}

# Releases: their database and no other.
resource "google_project_iam_member" "release_documents" {
  project = var.project
  role    = "roles/datastore.user"
  member  = local.members.releases

  condition {
    title       = "the database of releases"
    description = "Anybody may call this function, and it can change nothing of people's"
    expression  = "resource.name == \"projects/${var.project}/databases/${var.release_database}\""
  }

  lifecycle {
    create_before_destroy = true
  }
}

# Gemini with the function's own account; with a key no grant is needed. roles/aiplatform.user would also allow custom
# jobs, which run as a stronger account. Videos are jobs at the provider that must be read and deleted, not only asked for.
resource "google_project_iam_custom_role" "model_caller" {
  project     = var.project
  role_id     = "modelCaller${local.role_suffix}"
  title       = "Model caller"
  description = "Asks models that answer at once"
  permissions = ["aiplatform.endpoints.predict"]

  depends_on = [time_sleep.apis]
}

resource "google_project_iam_member" "model" {
  for_each = { for name, function in local.functions : name => local.members[name] if function.model && !var.gemini_api_key }

  project = var.project
  role    = each.key == "video" ? "roles/aiplatform.user" : google_project_iam_custom_role.model_caller.name
  member  = each.value
}

# Smaller copies of videos that are too large for Telegram. The API's own service agent reads and writes the bucket: Google
# gives it its role in the project when the API is enabled. roles/transcoder.admin would also allow templates.
resource "google_project_iam_custom_role" "copy_maker" {
  project     = var.project
  role_id     = "copyMaker${local.role_suffix}"
  title       = "Copy maker"
  description = "Has copies of videos made, follows and deletes its jobs"
  permissions = ["transcoder.jobs.create", "transcoder.jobs.delete", "transcoder.jobs.get"]

  depends_on = [time_sleep.apis]
}

resource "google_project_iam_member" "copies" {
  for_each = { for name, function in local.functions : name => local.members[name] if function.transcodes }

  project = var.project
  role    = google_project_iam_custom_role.copy_maker.name
  member  = each.value
}

# Traces and metrics by OpenTelemetry: to write them, nothing else.
resource "google_project_iam_member" "telemetry" {
  for_each = var.telemetry == null ? {} : {
    for pair in setproduct(keys(local.functions), ["tracesWriter", "metricsWriter"]) : "${pair[0]}-${pair[1]}" => pair
  }

  project = var.project
  role    = "roles/telemetry.${each.value[1]}"
  member  = local.members[each.value[0]]
}

# roles/run.developer would also allow to delete a service. What a deployer reads beside it, it reads as a viewer.
resource "google_project_iam_custom_role" "service_deployer" {
  project     = var.project
  role_id     = "serviceDeployer${local.role_suffix}"
  title       = "Service deployer"
  description = "Changes revisions and traffic of services that exist"
  permissions = ["run.services.get", "run.services.update"]

  depends_on = [time_sleep.apis]
}

# A link to a file, to a video that is too large for Telegram or to a result in the Mini App, is signed by Google in the
# function's own name.
resource "google_service_account_iam_member" "signs_links" {
  for_each = { for name, member in local.members : name => member if contains(["video", "api"], name) }

  service_account_id = "projects/${var.project}/serviceAccounts/${module.function[each.key].service_account}"
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = each.value
}
