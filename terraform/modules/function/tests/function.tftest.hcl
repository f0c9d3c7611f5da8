# Without a cloud and without credentials: the provider is mocked; its schema is still checked.
mock_provider "google" {
  mock_resource "google_service_account" {
    defaults = {
      email  = "account@project-one.iam.gserviceaccount.com"
      member = "serviceAccount:account@project-one.iam.gserviceaccount.com"
      name   = "projects/project-one/serviceAccounts/account@project-one.iam.gserviceaccount.com"
    }
  }
}

variables {
  name                = "image"
  project             = "project-one"
  region              = "europe-west1"
  env                 = { FUNCTION_TARGET = "image" }
  secrets             = { TELEGRAM_BOT_TOKEN = "telegram-bot-token" }
  invokers            = { tasks = "serviceAccount:task-caller@project-one.iam.gserviceaccount.com" }
  deployers           = { deployer = "serviceAccount:deployer@project-one.iam.gserviceaccount.com" }
  deployer_role       = "projects/project-one/roles/serviceDeployer"
  actors              = { applier = "serviceAccount:applier@project-one.iam.gserviceaccount.com" }
  deletion_protection = true
  limits = {
    cpu              = "1"
    memory           = "2Gi"
    concurrency      = 40
    timeout_seconds  = 180
    deadline_seconds = 210
    min_instances    = 1
    max_instances    = 5
  }
}

run "private_function" {
  assert {
    condition     = google_cloud_run_v2_service.this.invoker_iam_disabled == false
    error_message = "What is not public must keep the invoker check."
  }
  assert {
    condition     = [for each in values(google_cloud_run_v2_service_iam_member.invoker) : each.member] == [var.invokers.tasks]
    error_message = "The invokers, and nobody else, may call it."
  }
  assert {
    condition     = google_cloud_run_v2_service.this.template[0].service_account == google_service_account.this.email
    error_message = "It runs as its own account, never as a default one."
  }
  assert {
    condition     = google_cloud_run_v2_service.this.deletion_protection == true
    error_message = "Protection is passed on."
  }
  assert {
    condition     = google_cloud_run_v2_service.this.scaling[0].min_instance_count == 1 && google_cloud_run_v2_service.this.template[0].scaling[0].min_instance_count == null
    error_message = "Warm instances belong to the service: a revision's would be paid for under every tag."
  }
  assert {
    condition     = [for each in google_cloud_run_v2_service.this.template[0].containers[0].env : each.name] == ["FUNCTION_TARGET"]
    error_message = "The placeholder asks for no secret: there is no version of one yet."
  }
  assert {
    condition     = google_cloud_run_v2_service.this.template[0].containers[0].startup_probe[0].http_get[0].path == "/health" && google_cloud_run_v2_service.this.template[0].containers[0].liveness_probe[0].http_get[0].path == "/health"
    error_message = "Cloud Run answers /healthz itself: the probes ask /health."
  }
  assert {
    condition     = keys(google_secret_manager_secret_iam_member.reader) == ["TELEGRAM_BOT_TOKEN"] && google_secret_manager_secret_iam_member.reader["TELEGRAM_BOT_TOKEN"].role == "roles/secretmanager.secretAccessor"
    error_message = "It may read the secrets it declares, and may not administer them."
  }
  assert {
    condition     = { for name, each in google_cloud_run_v2_service_iam_member.deployer : each.member => each.role } == { (var.deployers.deployer) = var.deployer_role }
    error_message = "Deployers change revisions and traffic, not who may call."
  }
  assert {
    condition     = { for name, each in google_service_account_iam_member.actor : each.member => each.role } == { (var.actors.applier) = "roles/iam.serviceAccountUser" }
    error_message = "Only actors make something run as the function."
  }
  assert {
    condition     = output.deployment.secrets == tomap({ TELEGRAM_BOT_TOKEN = "telegram-bot-token" }) && output.deployment.timeout_seconds == 180
    error_message = "The deployer is told what revisions are made of."
  }
}

run "public_function" {
  variables {
    public = true
  }

  assert {
    condition     = google_cloud_run_v2_service.this.invoker_iam_disabled == true && length(google_cloud_run_v2_service_iam_member.invoker) == 0
    error_message = "A public function has no invoker check and needs no invoker."
  }
}

run "refuses_allUsers" {
  command = plan
  variables {
    invokers = { everybody = "allUsers" }
  }
  expect_failures = [var.invokers]
}

run "refuses_a_name_too_short_for_an_account" {
  command = plan
  variables {
    name = "a"
  }
  expect_failures = [var.name]
}

run "refuses_a_request_longer_than_its_caller_waits" {
  command = plan
  variables {
    limits = { cpu = "1", memory = "2Gi", concurrency = 40, timeout_seconds = 210, deadline_seconds = 210, min_instances = 0, max_instances = 5 }
  }
  expect_failures = [var.limits]
}

run "refuses_more_warm_instances_than_there_may_be" {
  command = plan
  variables {
    limits = { cpu = "1", memory = "2Gi", concurrency = 40, timeout_seconds = 180, deadline_seconds = 210, min_instances = 6, max_instances = 5 }
  }
  expect_failures = [var.limits]
}

run "refuses_no_concurrency" {
  command = plan
  variables {
    limits = { cpu = "1", memory = "2Gi", concurrency = 0, timeout_seconds = 180, deadline_seconds = 210, min_instances = 0, max_instances = 5 }
  }
  expect_failures = [var.limits]
}
