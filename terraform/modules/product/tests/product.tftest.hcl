# Without a cloud and without credentials: the provider is mocked; its schema is still checked.
mock_provider "time" {}

mock_provider "google" {
  mock_resource "google_service_account" {
    defaults = {
      email  = "account@project-one.iam.gserviceaccount.com"
      member = "serviceAccount:account@project-one.iam.gserviceaccount.com"
      name   = "projects/project-one/serviceAccounts/account@project-one.iam.gserviceaccount.com"
    }
  }
  mock_data "google_project" {
    defaults = { number = 123456789012 }
  }
}

variables {
  environment        = "production"
  project            = "project-one"
  region             = "europe-west1"
  firestore_location = "eur3"
  protected          = true
  github             = { repository_id = "1234", owner_id = "5678", refs = ["refs/heads/main"] }
  alert_emails       = ["alerts@nanobanana.dev"]
  spend_usd_max      = { hour = 10, day = 50 }
  billing_account    = null
}

run "deployment" {
  assert {
    condition     = jsondecode(google_storage_bucket_object.deployment.content) == jsondecode(jsonencode(output.deployment))
    error_message = "What the deployer reads is what Terraform says."
  }
  assert {
    condition     = output.deployment.proven_images == false
    error_message = "Signed images are asked for only where it is said: without a pipeline nobody signs."
  }
  assert {
    condition     = output.deployment.attestor.enforced == false && output.deployment.attestor.note == "projects/project-one/notes/build"
    error_message = "Google refuses images only where it is said; who attests is known everywhere."
  }
  assert {
    condition     = output.deployment.functions.webhook.url == "https://webhook-123456789012.europe-west1.run.app"
    error_message = "Addresses follow from the project's number."
  }
  assert {
    condition = alltrue([
      for name, each in output.deployment.functions : each.env.FUNCTION_TARGET == name && each.env.FUNCTION_SOURCE == "functions/${name}/main.py"
    ])
    error_message = "Each function is told which one it is."
  }
  assert {
    condition     = [for name, each in output.deployment.functions : name if each.public] == ["api", "payments", "releases", "webhook"]
    error_message = "Telegram calls the webhook, people the Mini App, providers of payments and workflows their own; nobody but us calls anything else."
  }
  assert {
    condition     = length(setintersection(keys(output.deployment.functions.webhook.env), ["FIRESTORE_DATABASE", "MEDIA_BUCKET", "IMAGE_URL", "CHAT_URL", "VIDEO_URL"])) == 0 && join(" ", keys(output.deployment.functions.webhook.secrets)) == "TELEGRAM_WEBHOOK_SECRET"
    error_message = "The public function knows nothing it does not need."
  }
  assert {
    condition = alltrue([
      for name in ["api", "bot", "image", "chat", "video"] : output.deployment.functions[name].env.SPEND_USD_PER_HOUR_MAX == "10" && output.deployment.functions[name].env.SPEND_USD_PER_DAY_MAX == "50"
    ])
    error_message = "Who takes requests and who asks the model know what may be spent."
  }
  assert {
    condition     = length(output.deployment.functions.sweep.secrets) == 0 && !contains(keys(output.deployment.functions.sweep.env), "MEDIA_BUCKET")
    error_message = "Sweep has no token and no bucket."
  }
  assert {
    condition     = alltrue([for name, each in output.deployment.functions : each.env["${upper(name)}_URL"] == output.urls[name] if !each.public])
    error_message = "A task endpoint's audience is its own address."
  }
}

run "queues" {
  variables {
    instances = { bot = { max = 20 } }
  }
  assert {
    condition     = toset([for name, queue in output.deployment.queues : name if queue.function == "bot"]) == toset([for number in range(local.queues.bot.count) : number == 0 ? "bot" : "bot-${number}"])
    error_message = "The first queue has the function's name: what an earlier release put there is still delivered."
  }
  assert {
    condition     = alltrue([for name in ["webhook", "bot", "sweep", "api", "payments"] : output.deployment.functions[name].env.BOT_QUEUES == tostring(local.queues.bot.count)])
    error_message = "Whoever puts tasks in knows how many queues there are."
  }
  assert {
    condition     = toset([for name, function in local.queue_functions : name if function == "image"]) == toset(["image"])
    error_message = "One queue is one queue."
  }
}

run "after_a_restore" {
  variables {
    firestore_database = "restored-1121"
    firestore_kept     = ["(default)"]
  }
  assert {
    condition     = alltrue([for each in output.deployment.functions : each.env.FIRESTORE_DATABASE == "restored-1121" if contains(keys(each.env), "FIRESTORE_DATABASE")])
    error_message = "The functions use the database that is named."
  }
  assert {
    condition     = toset(keys(module.firestore)) == toset(["(default)", "restored-1121"])
    error_message = "The old one stays until somebody takes it out of the list."
  }
}

run "nothing_is_lost_by_accident" {
  assert {
    condition     = alltrue([for each in values(google_secret_manager_secret.this) : each.deletion_protection])
    error_message = "Secrets are protected."
  }
  assert {
    condition     = google_storage_bucket.delivery.force_destroy == false && google_storage_bucket.delivery.versioning[0].enabled
    error_message = "The deployment has a history and does not go with a destroy."
  }
  assert {
    condition     = alltrue([for each in values(google_project_service.this) : each.disable_on_destroy == false])
    error_message = "An API is never switched off from here."
  }
}

run "sweep_by_the_clock" {
  assert {
    condition     = keys(google_cloud_scheduler_job.this) == ["releases", "sweep"] && alltrue([for job in google_cloud_scheduler_job.this : job.schedule == "* * * * *"])
    error_message = "Sweep runs every minute."
  }
  assert {
    condition     = google_cloud_scheduler_job.this["sweep"].http_target[0].oidc_token[0].audience == output.urls.sweep && google_cloud_scheduler_job.this["sweep"].http_target[0].oidc_token[0].service_account_email == google_service_account.tasks.email
    error_message = "It calls as the tasks' account, with a token for sweep alone."
  }
  assert {
    condition     = tonumber(trimsuffix(google_cloud_scheduler_job.this["sweep"].attempt_deadline, "s")) > output.deployment.functions.sweep.timeout_seconds
    error_message = "The clock waits longer than sweep may take."
  }
}

run "gemini_as_the_account" {
  assert {
    condition     = keys(google_project_iam_member.model) == ["chat", "image", "video"] && !contains(output.secrets, "gemini-api-key")
    error_message = "Only those that ask a model reach it, without a key."
  }
}

run "gemini_with_a_key" {
  command = plan
  variables {
    gemini_api_key = true
  }
  assert {
    condition     = length(google_project_iam_member.model) == 0 && contains(keys(google_secret_manager_secret.this), "gemini-api-key")
    error_message = "With a key there is a secret for it and no right beside it."
  }
  assert {
    condition     = [for name, secrets in local.secrets : name if contains(keys(secrets), "GEMINI_API_KEY")] == ["chat", "image", "video"]
    error_message = "Only those that ask a model get the key."
  }
}

run "without_fal" {
  assert {
    condition     = !contains(output.secrets, "fal-api-key") && alltrue([for name in ["api", "bot", "image", "chat", "video"] : local.env[name].FAL_OFFERS == "off"])
    error_message = "Without its key nothing of fal is on offer."
  }
}

run "fal_with_a_key" {
  command = plan
  variables {
    fal_api_key = true
  }
  assert {
    condition     = [for name, secrets in local.secrets : name if contains(keys(secrets), "FAL_KEY")] == ["image", "video"]
    error_message = "Only those that ask its models get the key."
  }
  assert {
    condition     = [for name, env in local.env : name if lookup(env, "FAL_OFFERS", "") == "on"] == ["api", "bot", "chat", "image", "video"]
    error_message = "Those that sell know that it is there."
  }
}

run "without_veo" {
  assert {
    condition     = [for name, env in local.env : name if lookup(env, "VEO_OFFERS", "") == "off"] == ["api", "bot", "chat", "image", "video"]
    error_message = "Veo is off until somebody wants it."
  }
  assert {
    condition     = local.env.video.NOTICES_URL == ""
    error_message = "No provider is asked for notices until somebody wants them."
  }
}

run "notices_of_videos" {
  command = plan
  variables {
    video_notices = true
  }
  assert {
    condition     = [for name, env in local.env : name if lookup(env, "NOTICES_URL", "") == local.urls.payments] == ["video"]
    error_message = "Who has videos made says where their end is told."
  }
}

run "veo" {
  command = plan
  variables {
    veo_offers = true
  }
  assert {
    condition     = [for name, env in local.env : name if lookup(env, "VEO_OFFERS", "") == "on"] == ["api", "bot", "chat", "image", "video"]
    error_message = "Those that sell know that it is there."
  }
}

run "veo_with_a_key" {
  command = plan
  variables {
    veo_offers     = true
    gemini_api_key = true
  }
  expect_failures = [var.veo_offers]
}

run "without_sales" {
  assert {
    condition     = !contains(output.secrets, "order-signing-key")
    error_message = "Where nothing is sold there is no key of invoices."
  }
}

run "credits_are_sold" {
  command = plan
  variables {
    sell_credits = { support_contact = "@our_support" }
  }
  assert {
    condition     = [for name, secrets in local.secrets : name if contains(keys(secrets), "ORDER_SIGNING_KEY")] == ["bot", "webhook"]
    error_message = "Only the one that signs invoices and the one that checks them get the key."
  }
}

run "without_cards" {
  assert {
    condition     = length(setintersection(output.secrets, ["lava-api-key", "lava-webhook-key", "yookassa-secret-key"])) == 0 && local.env.bot.LAVA_OFFERS == ""
    error_message = "Where no cards are taken there are no keys of their providers."
  }
}

run "lava_takes_cards" {
  command = plan
  variables {
    sell_credits = { support_contact = "@our_support" }
    take_cards   = { lava = { offers = { s = "836b9fc5-7ae9-4a27-9642-592bc44072b7", m = "836b9fc5-7ae9-4a27-9642-592bc44072b8" } } }
  }
  assert {
    condition     = [for name, secrets in local.secrets : name if contains(keys(secrets), "LAVA_API_KEY")] == ["bot"]
    error_message = "Only the one that asks lava.top gets its key."
  }
  assert {
    condition     = [for name, secrets in local.secrets : name if contains(keys(secrets), "LAVA_WEBHOOK_KEY")] == ["payments"]
    error_message = "Only the one that lava.top calls gets the key that it calls with."
  }
  assert {
    condition     = local.env.api.LAVA_OFFERS == local.env.bot.LAVA_OFFERS && local.env.api.YOOKASSA_SHOP_ID == ""
    error_message = "The app knows which providers there are."
  }
  assert {
    condition     = local.env.bot.LAVA_OFFERS == "m=836b9fc5-7ae9-4a27-9642-592bc44072b8,s=836b9fc5-7ae9-4a27-9642-592bc44072b7"
    error_message = "Each package has its offer."
  }
  assert {
    condition     = !contains(output.secrets, "yookassa-secret-key") && local.env.payments.YOOKASSA_SHOP_ID == ""
    error_message = "One provider does not bring the other."
  }
}

run "yookassa_takes_cards" {
  command = plan
  variables {
    sell_credits = { support_contact = "@our_support" }
    take_cards   = { yookassa = { shop_id = "100500" } }
  }
  assert {
    condition     = [for name, secrets in local.secrets : name if contains(keys(secrets), "YOOKASSA_SECRET_KEY")] == ["bot"]
    error_message = "Only the one that asks YooKassa gets its key."
  }
  assert {
    condition     = local.env.bot.YOOKASSA_SHOP_ID == "100500" && local.env.payments.YOOKASSA_SHOP_ID == "100500" && local.env.bot.YOOKASSA_VAT_CODE == "1"
    error_message = "Both know the shop, and receipts have a VAT code."
  }
}

run "cards_without_sales" {
  command = plan
  variables {
    take_cards = { yookassa = { shop_id = "100500" } }
  }
  expect_failures = [var.take_cards]
}

run "offers_that_are_none" {
  command = plan
  variables {
    sell_credits = { support_contact = "@our_support" }
    take_cards   = { lava = { offers = { s = "a,b" } } }
  }
  expect_failures = [var.take_cards]
}

run "lava_without_offers" {
  command = plan
  variables {
    sell_credits = { support_contact = "@our_support" }
    take_cards   = { lava = { offers = {} } }
  }
  expect_failures = [var.take_cards]
}

run "a_shop_that_is_none" {
  command = plan
  variables {
    sell_credits = { support_contact = "@our_support" }
    take_cards   = { yookassa = { shop_id = "shop", vat_code = 13 } }
  }
  expect_failures = [var.take_cards]
}

run "people_who_are_erased" {
  command = plan
  variables {
    erase_people = true
  }
  assert {
    condition     = [for name, secrets in local.secrets : name if contains(keys(secrets), "ERASURE_KEY")] == ["api", "bot", "chat"]
    error_message = "Whoever may meet somebody for the first time gets the keys."
  }
}

run "words_that_are_encrypted" {
  variables {
    encrypt_fields = true
  }
  assert {
    condition     = [for name, env in local.env : name if try(env.ENCRYPT_FIELDS, "") == "on" && try(env.ENCRYPTION_KEY, "") == module.encryption.key] == ["api", "bot", "chat", "image", "sweep", "video"]
    error_message = "Whoever uses the database knows the key, and encrypts."
  }
}

run "words_that_are_only_read" {
  command = plan
  assert {
    condition     = local.env.bot.ENCRYPT_FIELDS == "off" && local.env.bot.ENCRYPTION_KEY == "projects/project-one/locations/europe-west1/keyRings/documents/cryptoKeys/words"
    error_message = "A release can read what is encrypted before any encrypts."
  }
}

run "without_a_mini_app" {
  assert {
    condition     = !contains(output.secrets, "session-signing-key") && !contains(output.secrets, "erasure-key") && local.env.api.TELEGRAM_BOT_ID == "" && local.env.bot.MINI_APP_URL == ""
    error_message = "Where there is no Mini App there is no key of sessions, and nobody is sent to it."
  }
}

run "a_mini_app" {
  command = plan
  variables {
    mini_app = { bot_id = "1234567", bot_username = "our_bot" }
  }
  assert {
    condition     = [for name, secrets in local.secrets : name if contains(keys(secrets), "SESSION_SIGNING_KEY")] == ["api"]
    error_message = "Only the one that signs people in gets the key."
  }
  assert {
    condition     = local.env.api.TELEGRAM_BOT_ID == "1234567" && local.env.bot.MINI_APP_URL == "${local.env.api.API_URL}/"
    error_message = "The app knows the bot, and the bot the app."
  }
  assert {
    condition     = length(setintersection(flatten([for name in ["api", "payments"] : keys(local.secrets[name])]), ["TELEGRAM_BOT_TOKEN"])) == 0
    error_message = "What everybody may call does not hold the bot's token."
  }
}

run "a_release_bot" {
  command = plan
  variables {
    release_bot = true
  }
  assert {
    condition     = [for name, secrets in local.secrets : name if length(setintersection(keys(secrets), ["RELEASE_WEBHOOK_SECRET", "RELEASE_BOT_TOKEN"])) > 0] == ["releases"]
    error_message = "Only the function that Telegram calls for the release bot can tell who is Telegram, and speaks as that bot."
  }
  assert {
    condition     = local.env.releases.GITHUB_REPOSITORY_ID == "1234" && join(" ", keys(local.secrets.releases)) == "RELEASE_BOT_TOKEN RELEASE_WEBHOOK_SECRET" && local.functions.releases.enqueues == ["releases"]
    error_message = "It believes this repository's workflows, has the token of no other bot, no key of an App, and no queue but its own."
  }
}

run "an_app_that_starts_workflows" {
  command = plan
  variables {
    release_app = { repository = "team/bot", client_id = "Iv23abc", installation_id = "55" }
  }
  assert {
    condition     = [for name, secrets in local.secrets : name if contains(keys(secrets), "RELEASE_APP_KEY")] == ["releases"] && local.env.releases.GITHUB_APP_INSTALLATION_ID == "55"
    error_message = "Only releases starts workflows."
  }
}

run "an_app_of_nowhere" {
  command = plan
  variables {
    release_app = { repository = "bot", client_id = "Iv23abc", installation_id = "one" }
  }
  expect_failures = [var.release_app]
}

run "the_databases_are_apart" {
  command = plan
  assert {
    condition     = alltrue([for grant in google_project_iam_member.documents : grant.condition[0].expression == "!resource.name.startsWith(\"projects/${var.project}/databases/releases\")"]) && !contains(keys(google_project_iam_member.documents), "releases") && google_project_iam_member.release_documents.condition[0].expression == "resource.name == \"projects/${var.project}/databases/releases\"" && module.release_database.database == "releases"
    error_message = "Who works for people reaches no release, and releases nothing of people's."
  }
}

run "a_product_database_among_the_releases" {
  command = plan
  variables {
    firestore_database = "releases-2"
  }
  expect_failures = [var.firestore_database]
}

run "a_release_database_among_the_others" {
  command = plan
  variables {
    release_database = "(default)"
  }
  expect_failures = [var.release_database]
}

run "people_who_see_the_dashboard" {
  command = plan
  variables {
    admin_ids   = [501, 502]
    admin_roles = { "503" = "support", "504" = "finance" }
  }
  assert {
    condition     = local.env.api.ADMIN_IDS == "501,502" && endswith(local.env.api.ADMIN_URL, "?project=${var.project}")
    error_message = "The app knows whom to show the way to the dashboard of this project."
  }
  assert {
    condition     = [for name, env in local.env : name if contains(keys(env), "ADMIN_IDS") && contains(keys(env), "ADMIN_ROLES")] == ["api", "bot"]
    error_message = "Nobody else needs the lists."
  }
  assert {
    condition     = local.env.bot.ADMIN_ROLES == "503:support,504:finance" && local.env.api.ADMIN_ALONE_CREDITS_MAX == "100"
    error_message = "Bot and app know the roles; the app knows what one operator may give alone."
  }
}

run "people_who_are_none" {
  command = plan
  variables {
    admin_ids = [-1001]
  }
  expect_failures = [var.admin_ids]
}

run "a_role_that_is_none" {
  command = plan
  variables {
    admin_roles = { "503" = "owner" }
  }
  expect_failures = [var.admin_roles]
}

run "a_bot_that_is_none" {
  command = plan
  variables {
    mini_app = { bot_id = "1234567:secret", bot_username = "our_bot" }
  }
  expect_failures = [var.mini_app]
}

run "a_contact_that_is_none" {
  command = plan
  variables {
    sell_credits = { support_contact = "support" }
  }
  expect_failures = [var.sell_credits]
}

run "instances" {
  command = plan
  variables {
    instances = { webhook = { min = 1 }, image = { max = 25, instance_billing = true } }
  }
  assert {
    condition     = local.limits.webhook.min_instances == 1 && local.limits.webhook.max_instances == 10 && local.limits.image.min_instances == 0 && local.limits.image.max_instances == 25
    error_message = "What an environment does not say is as in infra/functions.json."
  }
  assert {
    condition     = [for name in ["api", "bot", "chat", "image", "payments", "releases", "sweep", "video", "webhook"] : module.function[name].deployment.cpu_idle] == [true, true, true, false, true, true, true, true, true]
    error_message = "Who is billed by the instance is told to the deployer, which makes the revisions."
  }
}

run "images_built_for_others" {
  variables {
    image_readers = { project-two = "210987654321" }
  }
  assert {
    condition = toset([for name, member in local.image_readers : member if !contains(["attester", "deployer"], name)]) == toset([
      "serviceAccount:service-210987654321@serverless-robot-prod.iam.gserviceaccount.com",
      "serviceAccount:deployer@project-two.iam.gserviceaccount.com",
      "serviceAccount:applier@project-two.iam.gserviceaccount.com",
      "serviceAccount:attester@project-two.iam.gserviceaccount.com",
    ])
    error_message = "Another project's Cloud Run and those who attest and deploy there may pull, nobody else."
  }
}

run "images_built_elsewhere" {
  command = plan
  variables {
    image_project = "project-two"
  }
  assert {
    condition     = length(module.registry) == 0 && output.registry == "europe-west1-docker.pkg.dev/project-two/nanobanana"
    error_message = "An environment that runs another's images has no registry of its own."
  }
}

run "refuses_an_unknown_environment" {
  command = plan
  variables {
    environment = "prod"
  }
  expect_failures = [var.environment]
}

run "refuses_a_project_name" {
  command = plan
  variables {
    project = "My Project"
  }
  expect_failures = [var.project]
}

run "refuses_a_zone_for_a_region" {
  command = plan
  variables {
    region = "europe-west1-b"
  }
  expect_failures = [var.region]
}

run "refuses_a_continent_for_the_database" {
  command = plan
  variables {
    firestore_location = "europe"
  }
  expect_failures = [var.firestore_location]
}

run "refuses_instances_of_no_function" {
  command = plan
  variables {
    instances = { hook = { min = 1 } }
  }
  expect_failures = [var.instances]
}

run "refuses_negative_instances" {
  command = plan
  variables {
    instances = { webhook = { min = -1 } }
  }
  expect_failures = [var.instances]
}

run "refuses_no_chat" {
  command = plan
  variables {
    staff_chat_ids = [0]
  }
  expect_failures = [var.staff_chat_ids]
}

run "refuses_half_a_chat" {
  command = plan
  variables {
    staff_chat_ids = [1.5]
  }
  expect_failures = [var.staff_chat_ids]
}

run "refuses_an_image_registry_for_a_project" {
  command = plan
  variables {
    image_project = "europe-west1-docker.pkg.dev/project-two"
  }
  expect_failures = [var.image_project]
}

run "refuses_a_reader_by_name" {
  command = plan
  variables {
    image_readers = { project-two = "project-two" }
  }
  expect_failures = [var.image_readers]
}

run "least_rights" {
  command = plan
  assert {
    condition     = google_project_iam_custom_role.model_caller.permissions == toset(["aiplatform.endpoints.predict"])
    error_message = "Who asks a model may do nothing else there: custom jobs run as a stronger account."
  }
  assert {
    condition     = google_project_iam_custom_role.copy_maker.permissions == toset(["transcoder.jobs.create", "transcoder.jobs.delete", "transcoder.jobs.get"]) && keys(google_project_iam_member.copies) == ["video"]
    error_message = "Who has copies made may do nothing else there, and only the function of videos does."
  }
  assert {
    condition     = google_project_iam_custom_role.service_deployer.permissions == toset(["run.services.get", "run.services.update"])
    error_message = "A deployer changes services; it neither creates nor deletes them."
  }
}

run "a_day_below_an_hour" {
  command = plan
  variables { spend_usd_max = { hour = 10, day = 5 } }
  expect_failures = [var.spend_usd_max]
}

run "a_tenth_of_a_cent" {
  command = plan
  variables { spend_usd_max = { hour = 1.001, day = 5 } }
  expect_failures = [var.spend_usd_max]
}

run "alarms_are_only_mailed" {
  command = plan
  assert {
    condition     = length(google_pubsub_topic.alarms) == 0 && !contains(output.secrets, "notice-bot-token") && local.env.sweep.NOTICE_CHAT_ID == ""
    error_message = "Without a chat there is nothing of it."
  }
}

run "alarms_in_a_chat" {
  variables {
    notice_chat = { chat_id = "-1001234567890", runbooks_url = "https://github.com/o/n/blob/main/docs/runbooks" }
  }
  assert {
    condition     = [for name, secrets in local.secrets : name if contains(keys(secrets), "NOTICE_BOT_TOKEN")] == ["sweep"] && local.env.sweep.NOTICE_CHAT_ID == "-1001234567890"
    error_message = "Only sweep writes there, so that an alarm about bot arrives."
  }
  assert {
    condition     = google_pubsub_subscription.alarms[0].push_config[0].push_endpoint == "${output.urls.sweep}/alarms" && google_pubsub_subscription.alarms[0].push_config[0].oidc_token[0].audience == output.urls.sweep && google_pubsub_subscription.alarms[0].push_config[0].oidc_token[0].service_account_email == google_service_account.tasks.email
    error_message = "The call opens sweep's door with the token that every task has."
  }
}

run "alarms_in_slack_alone" {
  variables { slack_notices = true }
  assert {
    condition     = length(google_pubsub_subscription.alarms) == 1 && !contains(output.secrets, "notice-bot-token")
    error_message = "Slack needs no chat of Telegram."
  }
  assert {
    condition     = [for name, secrets in local.secrets : name if contains(keys(secrets), "SLACK_WEBHOOK_URL")] == ["sweep"]
    error_message = "Only sweep writes there."
  }
}

run "errors_in_sentry" {
  command = plan
  variables { sentry = true }
  assert {
    condition     = alltrue([for secrets in values(local.secrets) : lookup(secrets, "SENTRY_DSN", "") == "sentry-dsn"])
    error_message = "Every function sends its errors."
  }
}

run "no_events_leave" {
  command = plan
  assert {
    condition     = length(google_bigquery_dataset.business) == 0 && length(google_logging_project_sink.business) == 0 && !contains(output.secrets, "analytics-dsn") && local.env.bot.ANALYTICS == "off"
    error_message = "Nothing is counted elsewhere until somebody wants it."
  }
}

run "events_in_bigquery" {
  command = plan
  variables { analytics = true }
  assert {
    condition     = google_bigquery_dataset.business[0].default_partition_expiration_ms > 0 && google_logging_project_sink.business[0].bigquery_options[0].use_partitioned_tables
    error_message = "Old days go by themselves."
  }
  assert {
    condition     = strcontains(google_logging_project_sink.business[0].filter, "jsonPayload.event=\"business_event\" AND jsonPayload.name=(\"credits_granted\" OR ") && strcontains(google_logging_project_sink.business[0].filter, "service_name=(\"api\" OR \"bot\" OR \"chat\" OR \"image\" OR \"sweep\" OR \"video\")")
    error_message = "Only lines in which nobody is named, of the functions that write them."
  }
  assert {
    condition     = google_bigquery_dataset_iam_member.business[0].role == "roles/bigquery.dataEditor" && google_bigquery_dataset_iam_member.business[0].dataset_id == "business" && google_logging_project_sink.business[0].unique_writer_identity
    error_message = "The sink's own account writes into this dataset and nowhere else."
  }
  assert {
    condition     = [for name, env in local.env : name if lookup(env, "ANALYTICS", "") == "on"] == ["api", "bot", "chat", "image", "sweep", "video"] && !contains(output.secrets, "analytics-dsn")
    error_message = "The functions write them, and send them nowhere."
  }
}

run "events_at_a_service" {
  command = plan
  variables { event_service = true }
  assert {
    condition     = [for name, secrets in local.secrets : name if contains(keys(secrets), "ANALYTICS_DSN")] == ["api", "bot", "chat", "image", "sweep", "video"] && length(google_bigquery_dataset.business) == 0
    error_message = "The functions with such events have the address, and no sink is needed."
  }
}

run "no_telemetry" {
  command = plan
  assert {
    condition     = length(google_project_iam_member.telemetry) == 0 && alltrue([for env in values(local.env) : env.OTEL_EXPORTER_OTLP_ENDPOINT == ""])
    error_message = "Nothing is recorded, and no right is given, until somebody wants it."
  }
}

run "telemetry_to_google" {
  variables { telemetry = { traces_share = 0.25 } }
  assert {
    condition     = length(google_project_iam_member.telemetry) == 2 * length(local.functions) && contains(local.apis, "telemetry")
    error_message = "Each function writes traces and metrics, and no more."
  }
  assert {
    condition     = alltrue([for env in values(local.env) : env.OTEL_EXPORTER_OTLP_ENDPOINT == "https://telemetry.googleapis.com" && env.OTEL_TRACES_SAMPLER_ARG == "0.25" && env.DEPLOYMENT_ENVIRONMENT == var.environment])
    error_message = "Each function knows where to, how many and from where."
  }
}

run "more_than_all_traces" {
  command = plan
  variables { telemetry = { traces_share = 1.5 } }
  expect_failures = [var.telemetry]
}

run "chat_by_its_name" {
  command = plan
  variables { notice_chat = { chat_id = "@operators", runbooks_url = "https://a.dev/docs/runbooks" } }
  expect_failures = [var.notice_chat]
}

run "runbooks_with_a_slash_at_the_end" {
  command = plan
  variables { notice_chat = { chat_id = "-1", runbooks_url = "https://a.dev/docs/runbooks/" } }
  expect_failures = [var.notice_chat]
}
