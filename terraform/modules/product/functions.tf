# Every function, its queue and its rights. To add one: its folder under functions/, an entry here, nothing else.

locals {
  functions = {
    webhook = {
      public = true
      env    = ["GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION", "TASKS_SERVICE_ACCOUNT", "BOT_URL"]
      # Telegram waits a minute; a fast answer is all this function is for.
      limits    = { cpu = "1", memory = "512Mi", concurrency = 80, timeout_seconds = 30, deadline_seconds = 60, max_instances = 10 }
      secrets   = { TELEGRAM_WEBHOOK_SECRET = "telegram-webhook-secret" }
      enqueues  = ["bot"]
      firestore = false
      media     = false
      model     = false
      schedule  = null
      queue     = null
    }

    bot = {
      public = false
      env = [
        "GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION", "TASKS_SERVICE_ACCOUNT", "BOT_URL", "IMAGE_URL",
        "FIRESTORE_DATABASE", "MEDIA_BUCKET", "SPEND_USD_PER_HOUR_MAX", "SPEND_USD_PER_DAY_MAX",
      ]
      # The deadline is BOT_DEADLINE_SECONDS in shared/wiring.py.
      limits    = { cpu = "1", memory = "512Mi", concurrency = 40, timeout_seconds = 50, deadline_seconds = 60, max_instances = 10 }
      secrets   = { TELEGRAM_BOT_TOKEN = "telegram-bot-token" }
      enqueues  = ["bot", "image"]
      firestore = true
      media     = true
      model     = false
      schedule  = null
      # A person waits for an answer: again after 1, 2, 4 … seconds, then every minute.
      queue = { dispatches_per_second = 500, min_backoff_seconds = 1, max_backoff_seconds = 60, doublings = 6 }
    }

    image = {
      public = false
      env = [
        "GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION", "TASKS_SERVICE_ACCOUNT", "BOT_URL", "IMAGE_URL",
        "FIRESTORE_DATABASE", "MEDIA_BUCKET", "GEMINI_LOCATION", "SELL_DEARER_MODELS", "SPEND_USD_PER_HOUR_MAX", "SPEND_USD_PER_DAY_MAX",
      ]
      # 650 MB at twenty pictures of 4K at once (docs/architecture.md has the time limits; the deadline is
      # IMAGE_DEADLINE_SECONDS in shared/wiring.py). A request waits for the model most of the time: many fit on one CPU.
      limits    = { cpu = "1", memory = "2Gi", concurrency = 40, timeout_seconds = 330, deadline_seconds = 360, max_instances = 10 }
      secrets   = { TELEGRAM_BOT_TOKEN = "telegram-bot-token" }
      enqueues  = ["image"]
      firestore = true
      media     = true
      model     = true
      schedule  = null
      # Slower to start: a burst should find instances, not a crowd in front of the first one.
      queue = { dispatches_per_second = 50, min_backoff_seconds = 2, max_backoff_seconds = 120, doublings = 6 }
    }

    sweep = {
      public = false
      env = [
        "GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION", "TASKS_SERVICE_ACCOUNT", "BOT_URL", "IMAGE_URL",
        "FIRESTORE_DATABASE", "SWEEP_URL",
      ]
      limits    = { cpu = "1", memory = "512Mi", concurrency = 4, timeout_seconds = 50, deadline_seconds = 60, max_instances = 2 }
      secrets   = {}
      enqueues  = ["bot", "image"]
      firestore = true
      media     = false
      model     = false
      schedule  = "* * * * *"
      queue     = null
    }
  }
}
