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
  environment    = "staging"
  generation     = 1
  project        = "project-one"
  project_number = "123456789012"
  github         = { repository_id = "1234", owner_id = "5678", refs = ["refs/heads/staging", "refs/heads/fix/*"] }
  builds         = true
  state_bucket   = "project-one-terraform"
}

run "federation" {
  assert {
    condition = alltrue([
      for provider in [google_iam_workload_identity_pool_provider.builds, google_iam_workload_identity_pool_provider.environments, google_iam_workload_identity_pool_provider.pull_requests] :
      startswith(provider.attribute_condition, "assertion.repository_id == '1234' && assertion.repository_owner_id == '5678' && ")
    ])
    error_message = "Every way in is bound to the repository's and the owner's numbers."
  }
  assert {
    condition = endswith(google_iam_workload_identity_pool_provider.environments.attribute_condition, join("", [
      " && ((assertion.environment == 'staging' && (assertion.ref == 'refs/heads/staging' || assertion.ref.startsWith('refs/heads/fix/')))",
      " || (assertion.environment == 'staging-infrastructure' && (assertion.ref == 'refs/heads/staging')))",
    ]))
    error_message = "Only jobs of this environment, on its refs; Terraform only from a named branch."
  }
  assert {
    condition = endswith(google_iam_workload_identity_pool_provider.builds.attribute_condition, join("", [
      "assertion.environment == 'staging' && (assertion.ref == 'refs/heads/staging')",
      " && assertion.job_workflow_ref == assertion.repository + '/.github/workflows/build-release.yml@' + assertion.ref",
      " && assertion.runner_environment == 'github-hosted'",
    ]))
    error_message = "Only the reviewed build on a named branch and GitHub's own machine attests images."
  }
  assert {
    condition     = endswith(google_iam_workload_identity_pool_provider.pull_requests.attribute_condition, "&& assertion.event_name == 'pull_request'")
    error_message = "The second way in is for pull requests."
  }
  assert {
    condition = { for name in keys(google_service_account.this) : name => [
      for key, each in google_service_account_iam_member.federated : reverse(split("attribute.", each.member))[0] if startswith(key, "${name} ")
      ] } == {
      applier  = ["environment/staging-infrastructure"]
      attester = ["build/staging"]
      auditor  = ["environment/staging"]
      builder  = ["environment/staging"]
      deployer = ["environment/staging"]
      planner  = ["environment/staging", "event/pull_request"]
    }
    error_message = "Who may become which account."
  }
  assert {
    condition     = alltrue([for each in values(google_service_account_iam_member.federated) : startswith(each.member, "principalSet://iam.googleapis.com/projects/123456789012/")])
    error_message = "Only principals of this pool."
  }
}

run "asks_models" {
  variables {
    asks_models = true
  }
  assert {
    condition     = keys(google_project_iam_member.asks_models) == ["deployer", "planner"] && alltrue([for each in values(google_project_iam_member.asks_models) : each.role == "roles/aiplatform.viewer"])
    error_message = "Who asks whether models are there can call none."
  }
}

run "rights" {
  assert {
    condition     = length(google_project_iam_member.asks_models) == 0
    error_message = "Where nothing is asked nobody may ask."
  }
  assert {
    condition     = toset(keys(google_project_iam_member.deployer)) == toset(["roles/run.viewer", "roles/monitoring.viewer", "roles/logging.viewer", "roles/secretmanager.viewer"])
    error_message = "Across the project it only looks."
  }
  assert {
    condition     = length(setintersection(keys(google_project_iam_member.planner), ["roles/viewer", "roles/editor", "roles/owner", "roles/datastore.viewer", "roles/logging.viewer", "roles/storage.objectViewer", "roles/secretmanager.secretAccessor"])) == 0
    error_message = "The planner reads settings, not content."
  }
  assert {
    condition = length([
      for each in google_project_iam_custom_role.planner.permissions : each
      if can(regex("^(datastore.entities|storage.objects|secretmanager.versions|logging.logEntries)[.]", each)) || !can(regex("[.](get|list|use|getMetadata|getIamPolicy)$", each))
    ]) == 0
    error_message = "Its own role does not either, and changes nothing."
  }
  assert {
    condition     = length(setintersection(keys(google_project_iam_member.applier), ["roles/viewer", "roles/editor", "roles/owner"])) == 0
    error_message = "No basic roles."
  }
  assert {
    condition     = google_project_iam_member.auditor.role == "roles/datastore.viewer"
    error_message = "Whoever adds the books up changes none."
  }
  assert {
    condition     = google_service_account_iam_member.applier_token.service_account_id == google_service_account.this["deployer"].name
    error_message = "Applying ends with probes in the deployer's name."
  }
}

run "without_a_registry_nobody_builds" {
  variables {
    builds = false
  }
  assert {
    condition     = keys(google_service_account.this) == ["applier", "attester", "auditor", "deployer", "planner"] && length(output.builders) == 0
    error_message = "Where nothing is built there is no account to build."
  }
}

run "refuses_a_repository_by_name" {
  command = plan
  variables {
    github = { repository_id = "owner/name", owner_id = "5678", refs = ["refs/heads/main"] }
  }
  expect_failures = [var.github]
}

run "refuses_an_owner_by_name" {
  command = plan
  variables {
    github = { repository_id = "1234", owner_id = "owner", refs = ["refs/heads/main"] }
  }
  expect_failures = [var.github]
}

run "refuses_a_short_ref" {
  command = plan
  variables {
    github = { repository_id = "1234", owner_id = "5678", refs = ["main"] }
  }
  expect_failures = [var.github]
}

run "refuses_a_ref_that_is_code" {
  command = plan
  variables {
    github = { repository_id = "1234", owner_id = "5678", refs = ["refs/heads/x' || true || '"] }
  }
  expect_failures = [var.github]
}

run "refuses_every_branch_but_in_dev" {
  command = plan
  variables {
    github = { repository_id = "1234", owner_id = "5678", refs = ["refs/heads/*", "refs/heads/staging"] }
  }
  expect_failures = [var.github]
}

run "takes_every_branch_in_dev" {
  command = plan
  variables {
    environment = "dev"
    github      = { repository_id = "1234", owner_id = "5678", refs = ["refs/heads/*", "refs/heads/main"] }
  }
}

run "refuses_only_refs_that_anybody_may_push" {
  command = plan
  variables {
    github = { repository_id = "1234", owner_id = "5678", refs = ["refs/heads/feature/*"] }
  }
  expect_failures = [var.github]
}

run "refuses_every_ref" {
  command = plan
  variables {
    github = { repository_id = "1234", owner_id = "5678", refs = [] }
  }
  expect_failures = [var.github]
}
