# Values derived from the table of functions and the variables.

locals {
  # Names that Google keeps for days after they were deleted end in the generation, from the second on.
  suffix      = var.generation == 1 ? "" : "-g${var.generation}"
  role_suffix = var.generation == 1 ? "" : "G${var.generation}"

  tasks_account = "task-caller@${var.project}.iam.gserviceaccount.com"
  callers       = { for name in keys(local.functions) : name => name == "releases" ? google_service_account.release_tasks.email : google_service_account.tasks.email }
  media_bucket  = "${var.project}-media"

  # Known before the key is made: a test compares it with the key's own name.
  encryption_key = "projects/${var.project}/locations/${var.region}/keyRings/documents${local.suffix}/cryptoKeys/words"

  registry = "${var.region}-docker.pkg.dev/${coalesce(var.image_project, var.project)}/nanobanana"

  # Cloud Run's URL of a service is known before the service exists, so functions can refer to each other without a cycle.
  hosts = { for name in keys(local.functions) : name => "${name}-${data.google_project.this.number}.${var.region}.run.app" }
  urls  = { for name, host in local.hosts : name => "https://${host}" }

  # Every variable that a function may use.
  values = merge(
    {
      GOOGLE_CLOUD_PROJECT    = var.project
      GOOGLE_CLOUD_LOCATION   = var.region
      TASKS_SERVICE_ACCOUNT   = local.tasks_account
      QUEUES_GENERATION       = tostring(var.generation)
      FIRESTORE_DATABASE      = var.firestore_database
      ENCRYPTION_KEY          = local.encryption_key
      ENCRYPT_FIELDS          = var.encrypt_fields ? "on" : "off"
      MEDIA_BUCKET            = local.media_bucket
      GEMINI_LOCATION         = "global"
      FAL_OFFERS              = var.fal_api_key ? "on" : "off"
      VEO_OFFERS              = var.veo_offers ? "on" : "off"
      NOTICES_URL             = var.video_notices ? local.urls.payments : ""
      TELEGRAM_BOT_ID         = var.mini_app == null ? "" : var.mini_app.bot_id
      TELEGRAM_BOT_USERNAME   = var.mini_app == null ? "" : var.mini_app.bot_username
      MINI_APP_URL            = var.mini_app == null ? "" : "${local.urls.api}/"
      ADMIN_IDS               = join(",", [for id in var.admin_ids : tostring(id)])
      ADMIN_ROLES             = join(",", [for id, role in var.admin_roles : "${id}:${role}"])
      ADMIN_URL               = "https://console.cloud.google.com/monitoring/dashboards?project=${var.project}"
      ADMIN_ALONE_CREDITS_MAX = tostring(var.admin_alone_credits_max)
      LAVA_OFFERS             = join(",", [for package, offer in try(var.take_cards.lava.offers, {}) : "${package}=${offer}"])
      YOOKASSA_SHOP_ID        = try(var.take_cards.yookassa.shop_id, "")
      YOOKASSA_VAT_CODE       = tostring(try(var.take_cards.yookassa.vat_code, 1))
      SUPPORT_CONTACT         = var.sell_credits == null ? "" : var.sell_credits.support_contact

      GITHUB_REPOSITORY_ID       = var.github.repository_id
      GITHUB_REPOSITORY          = try(var.release_app.repository, "")
      GITHUB_APP_CLIENT_ID       = try(var.release_app.client_id, "")
      GITHUB_APP_INSTALLATION_ID = try(var.release_app.installation_id, "")
      STAGING_BOT_USERNAME       = var.staging_bot
      RELEASE_DATABASE           = var.release_database
      RELEASE_TASKS_ACCOUNT      = "release-task-caller@${var.project}.iam.gserviceaccount.com"

      SUPPORT_CHAT_ID = var.support_chat_id

      DEPLOYMENT_ENVIRONMENT      = var.environment
      ANALYTICS                   = var.analytics ? "on" : "off"
      OTEL_EXPORTER_OTLP_ENDPOINT = var.telemetry == null ? "" : "https://telemetry.googleapis.com"
      OTEL_TRACES_SAMPLER_ARG     = tostring(try(var.telemetry.traces_share, 1))

      SUPPORT_CHAT_ID        = var.support_chat_id
      NOTICE_CHAT_ID         = try(var.notice_chat.chat_id, "")
      SELL_DEARER_MODELS     = var.sell_dearer_models ? "on" : "off"
      SPEND_USD_PER_HOUR_MAX = tostring(var.spend_usd_max.hour)
      SPEND_USD_PER_DAY_MAX  = tostring(var.spend_usd_max.day)
    },
    { for name, url in local.urls : "${upper(replace(name, "-", "_"))}_URL" => url },
    { for name, queue in local.queues : "${upper(replace(name, "-", "_"))}_QUEUES" => tostring(queue.count) },
  )

  env = {
    for name, function in local.functions : name => merge(
      { FUNCTION_TARGET = name, FUNCTION_SOURCE = "functions/${name}/main.py" },
      { for variable in function.env : variable => local.values[variable] },
    )
  }

  gemini_secret  = var.gemini_api_key ? { GEMINI_API_KEY = "gemini-api-key" } : {}
  fal_secret     = var.fal_api_key ? { FAL_KEY = "fal-api-key" } : {}
  order_secret   = var.sell_credits != null ? { ORDER_SIGNING_KEY = "order-signing-key" } : {}
  session_secret = var.mini_app != null ? { SESSION_SIGNING_KEY = "session-signing-key" } : {}
  erasure_secret = var.erase_people ? { ERASURE_KEY = "erasure-key" } : {}
  sentry_secret  = var.sentry ? { SENTRY_DSN = "sentry-dsn" } : {}
  counts_secret  = var.event_service ? { ANALYTICS_DSN = "analytics-dsn" } : {}
  notice_secrets = merge(
    var.notice_chat != null ? { NOTICE_BOT_TOKEN = "notice-bot-token" } : {},
    var.slack_notices ? { SLACK_WEBHOOK_URL = "slack-webhook-url" } : {},
  )
  release_secrets = merge(
    var.release_bot ? { RELEASE_WEBHOOK_SECRET = "release-webhook-secret", RELEASE_BOT_TOKEN = "release-bot-token" } : {},
    var.release_app != null ? { RELEASE_APP_KEY = "release-app-key" } : {},
  )
  card_providers = concat(
    try(var.take_cards.lava, null) != null ? ["lava"] : [], try(var.take_cards.yookassa, null) != null ? ["yookassa"] : [],
  )
  secrets = {
    for name, function in local.functions : name => merge(concat([
      function.secrets, local.sentry_secret, function.model ? local.gemini_secret : {}, function.fal ? local.fal_secret : {},
      function.sells ? local.order_secret : {}, function.signs_in ? local.session_secret : {},
      function.remembers ? local.erasure_secret : {}, contains(function.env, "ANALYTICS") ? local.counts_secret : {},
      name == "sweep" ? local.notice_secrets : {}, name == "releases" ? local.release_secrets : {},
    ], [for provider in local.card_providers : lookup(function.cards, provider, {})])...)
  }

  limits = {
    for name, function in local.functions : name => merge(function.limits, {
      min_instances = coalesce(try(var.instances[name].min, null), 0)
      max_instances = coalesce(try(var.instances[name].max, null), function.limits.max_instances)

      instance_billing = try(var.instances[name].instance_billing, false)
    })
  }

  queues = { for name, function in local.functions : name => function.queue if function.queue != null }

  # Queue, without the generation → its function. The names are those of list_queues in shared/adapters/targets.py.
  queue_functions = merge([
    for name, queue in local.queues : { for number in range(queue.count) : number == 0 ? name : "${name}-${number}" => name }
  ]...)

  jobs = { for name, function in local.functions : name => function.schedule if function.schedule != null }

  members = { for name in keys(local.functions) : name => module.function[name].member }
}
