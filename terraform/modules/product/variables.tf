variable "environment" {
  description = "Which environment this is."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "production"], var.environment)
    error_message = "environment: dev, staging or production."
  }
}

variable "project" {
  description = "Google project id. Each environment has a project of its own."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "project: a project id has 6 to 30 of a-z, 0-9 and -, a letter first and no - at the end."
  }
}

variable "region" {
  description = "Where functions, queues, images and pictures are."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region: such as europe-west1."
  }
}

variable "firestore_location" {
  description = "Where the database is, such as europe-west1 or eur3. It can never be changed."
  type        = string

  validation {
    condition     = can(regex("^([a-z]+-[a-z]+[0-9]+|eur3|nam5|nam7)$", var.firestore_location))
    error_message = "firestore_location: a region such as europe-west1, or eur3, nam5, nam7."
  }
}

variable "firestore_database" {
  description = "The database that the functions use; another than the default after a restore."
  type        = string
  default     = "(default)"

  validation {
    condition     = !startswith(var.firestore_database, "releases")
    error_message = "firestore_database: the product's functions have no right to a database whose name begins with releases."
  }
}

variable "firestore_kept" {
  description = "Databases that stay as they are beside it: after a restore the one before, until it is deleted on purpose."
  type        = list(string)
  default     = []
}

variable "generation" {
  description = "How often the environment was made. Raise it by one after `terraform destroy`, before the next apply: Google keeps the names of deleted queues, identity pools and roles for days."
  type        = number
  default     = 1

  validation {
    condition     = var.generation >= 1 && floor(var.generation) == var.generation && var.generation < 100
    error_message = "generation: 1, 2, 3 …"
  }
  validation {
    condition     = var.generation == 1 || var.environment == "dev"
    error_message = "generation: only dev may be destroyed. Elsewhere another generation would delete the queues with the tasks in them."
  }
}

variable "protected" {
  description = "Whether database, pictures, secrets and services refuse to be deleted, and old pictures are kept as versions."
  type        = bool
}

variable "instances" {
  description = "How many instances stay warm and how many there may be, where that is not what infra/functions.json says; and whether they are billed while they exist instead of while they answer: a quarter less for a CPU that is always busy."
  type        = map(object({ min = optional(number), max = optional(number), instance_billing = optional(bool, false) }))
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.instances), keys(local.functions))) == 0
    error_message = "instances: there is no such function in infra/functions.json."
  }
  validation {
    condition     = alltrue([for each in values(var.instances) : coalesce(each.min, 0) >= 0 && coalesce(each.max, 1) >= 1])
    error_message = "instances: at least none warm, and at most one or more."
  }
}

variable "gemini_api_key" {
  description = "Whether Gemini is reached with a key from the secret gemini-api-key, or as the function's account."
  type        = bool
  default     = false
}

variable "sell_credits" {
  description = "Whom people write to about payments (a Telegram username with its @), where credits are sold for Telegram Stars with invoices signed by the secret order-signing-key; null: nothing is sold. Set it only when the release before knows payments too."
  type        = object({ support_contact = string })
  default     = null

  validation {
    condition     = var.sell_credits == null || can(regex("^@[A-Za-z][A-Za-z0-9_]{4,31}$", var.sell_credits.support_contact))
    error_message = "sell_credits: support_contact is a Telegram username with its @."
  }
}

variable "take_cards" {
  description = "The providers of card payments: lava.top with the id of its offer for each package and subscription that it sells (secrets lava-api-key and lava-webhook-key), YooKassa with the shop's id and the VAT code of its receipts (secret yookassa-secret-key). null: no cards are taken. Set it only when the release before knows it too."
  type = object({
    lava     = optional(object({ offers = map(string) }))
    yookassa = optional(object({ shop_id = string, vat_code = optional(number, 1) }))
  })
  default = null

  validation {
    condition     = var.take_cards == null || var.sell_credits != null
    error_message = "take_cards: cards are taken only where credits are sold, so set sell_credits."
  }
  validation {
    condition     = alltrue([for package, offer in try(var.take_cards.lava.offers, {}) : can(regex("^[a-z]{1,16}=[A-Za-z0-9-]{8,64}$", "${package}=${offer}"))])
    error_message = "take_cards: lava.offers is a map from the name of a package to the id of its offer."
  }
  validation {
    condition     = try(var.take_cards.lava, null) == null || length(try(var.take_cards.lava.offers, {})) > 0
    error_message = "take_cards: lava sells nothing without offers."
  }
  validation {
    condition     = try(var.take_cards.yookassa, null) == null || can(regex("^[0-9]{1,16}$", var.take_cards.yookassa.shop_id))
    error_message = "take_cards: yookassa.shop_id is a number."
  }
  validation {
    condition     = contains(range(1, 13), try(var.take_cards.yookassa.vat_code, 1))
    error_message = "take_cards: yookassa.vat_code is 1 to 12."
  }
}

variable "erase_people" {
  description = "Whether people may have everything about them erased; they are remembered by a keyed hash, with the keys of the secret erasure-key. Set it only when the release before knows it too, and never take a key out of the secret."
  type        = bool
  default     = false
}

variable "encrypt_fields" {
  description = "Whether people's words are encrypted in the database from now on. Set it only when the release before this setting reads what is encrypted: since decision 0131. false again: new words are plain text, and what is encrypted is still read."
  type        = bool
  default     = false
}

variable "mini_app" {
  description = "The bot whose Mini App is served, by the number before the colon of its token and its username without the @, where there is one; people's sessions are signed by the secret session-signing-key. null: there is none. Set it only when the release before knows it too."
  type        = object({ bot_id = string, bot_username = string })
  default     = null

  validation {
    condition     = var.mini_app == null || can(regex("^[0-9]{1,18}$", var.mini_app.bot_id))
    error_message = "mini_app: bot_id is the number before the colon of the bot's token."
  }
  validation {
    condition     = var.mini_app == null || can(regex("^[A-Za-z][A-Za-z0-9_]{3,31}$", var.mini_app.bot_username))
    error_message = "mini_app: bot_username is the bot's username without its @."
  }
}

variable "admin_ids" {
  description = "Telegram's ids of the operators. They may write to everybody (/broadcast), and do everything on the operators' pages (/admin). They find the way to Google's dashboard too, into which Google lets people, and nobody by this list."
  type        = list(number)
  default     = []

  validation {
    condition     = alltrue([for id in var.admin_ids : id > 0 && floor(id) == id && id < 4503599627370496])
    error_message = "admin_ids: Telegram's ids of people, whole numbers above 0 of at most 52 bits."
  }
}

variable "admin_roles" {
  description = "Further people who use the operators' pages (/admin): Telegram's id → viewer, support, finance or admin."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for id, role in var.admin_roles : can(regex("^[1-9][0-9]{0,15}$", id)) && contains(["viewer", "support", "finance", "admin"], role)])
    error_message = "admin_roles: Telegram's ids of people, each with viewer, support, finance or admin."
  }
}

variable "admin_alone_credits_max" {
  description = "How many credits one operator may give on a day (UTC), refunds of jobs included; beyond it another admin has to agree."
  type        = number
  default     = 100

  validation {
    condition     = var.admin_alone_credits_max >= 0 && floor(var.admin_alone_credits_max) == var.admin_alone_credits_max && var.admin_alone_credits_max < 1000000
    error_message = "admin_alone_credits_max: a whole number of credits."
  }
}

variable "release_bot" {
  description = "Whether there is a release bot: the secrets release-bot-token and release-webhook-secret."
  type        = bool
  default     = false
}

variable "staging_bot" {
  description = "The username, without its @, of the product's bot on staging: cards of releases that are tested lead to it. Empty: they lead to none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^([A-Za-z][A-Za-z0-9_]{3,31})?$", var.staging_bot))
    error_message = "staging_bot: a bot's username without its @."
  }
}

variable "release_app" {
  description = "The GitHub App that starts the workflows of releases, with its key in the secret release-app-key: the repository as OWNER/NAME, the App's client id, the number of its installation. Its only right is Actions: write. null: people start them in GitHub."
  type        = object({ repository = string, client_id = string, installation_id = string })
  default     = null

  validation {
    condition     = var.release_app == null || can(regex("^[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}$", var.release_app.repository))
    error_message = "release_app: repository is OWNER/NAME."
  }
  validation {
    condition     = var.release_app == null || (can(regex("^[A-Za-z0-9.]{1,40}$", var.release_app.client_id)) && can(regex("^[1-9][0-9]{0,18}$", var.release_app.installation_id)))
    error_message = "release_app: client_id is the App's, installation_id a number."
  }
}

variable "release_database" {
  description = "The releases' database; another one than releases after a restore."
  type        = string
  default     = "releases"

  validation {
    condition     = can(regex("^releases(-[a-z0-9]{1,40})*$", var.release_database))
    error_message = "release_database: releases, or releases-…: the product's functions have no right to these."
  }
}

variable "fal_api_key" {
  description = "Whether models of fal are on offer, with a key from the secret fal-api-key. Set it only when the release before knows them too."
  type        = bool
  default     = false
}

variable "video_notices" {
  description = "Whether providers of videos are asked to tell when one has ended, which makes it arrive up to 90 s sooner. Set it only when the release before has the door for it."
  type        = bool
  default     = false
}

variable "veo_offers" {
  description = "Whether Veo is on offer, which only the enterprise API has. Each release then asks first whether its models are there. Set it only when the release before knows it too."
  type        = bool
  default     = false

  validation {
    condition     = !(var.veo_offers && var.gemini_api_key)
    error_message = "veo_offers: only the enterprise API has Veo, so gemini_api_key must be false."
  }
}

variable "staff_chat_ids" {
  description = "Chats of the staff: they are the first to get a new release."
  type        = list(number)
  default     = []

  validation {
    condition     = alltrue([for id in var.staff_chat_ids : id != 0 && floor(id) == id && abs(id) < 4503599627370496])
    error_message = "staff_chat_ids: Telegram's chat ids, whole numbers of at most 52 bits and never 0."
  }
}

variable "github" {
  description = "The repository whose pipeline may deploy here: numeric ids, which outlive renames, and its git refs."
  type = object({
    repository_id = string
    owner_id      = string
    refs          = list(string)
  })
}

variable "proven_images" {
  description = "Whether only images are released that the pipeline's build has signed (docs/decisions/0100-an-images-origin-is-proven.md)."
  type        = bool
  default     = false
}

variable "attested_images" {
  description = "Whether Cloud Run itself refuses an image that build-release has not attested (docs/decisions/0117-google-refuses-what-the-build-has-not-attested.md); otherwise that is only written to the audit log. Set it when the image that is served is attested."
  type        = bool
  default     = false
}

variable "image_project" {
  description = "Project whose registry the images come from; null: this one's own."
  type        = string
  default     = null

  validation {
    condition     = var.image_project == null || can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.image_project))
    error_message = "image_project: a project id."
  }
}

variable "image_readers" {
  description = "Projects that run the images built here: project id to project number."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for number in values(var.image_readers) : can(regex("^[0-9]{6,}$", number))])
    error_message = "image_readers: project id = project number, the number in digits."
  }
}

variable "alert_emails" {
  description = "Who is told when something is wrong."
  type        = list(string)
  default     = []
}

variable "notice_chat" {
  description = "The operators' Telegram chat that alarms are told in, by the bot of the secret notice-bot-token, and where the runbooks can be read, such as https://github.com/OWNER/NAME/blob/main/docs/runbooks. null: alarms are only mailed."
  type        = object({ chat_id = string, runbooks_url = string })
  default     = null

  validation {
    condition     = var.notice_chat == null || can(regex("^-?[1-9][0-9]{0,17}$", var.notice_chat.chat_id))
    error_message = "notice_chat: chat_id is the number of a chat, such as -1001234567890."
  }
  validation {
    condition     = var.notice_chat == null || can(regex("^https://[^\\s]+[^/\\s]$", var.notice_chat.runbooks_url))
    error_message = "notice_chat: runbooks_url begins with https:// and does not end with a slash."
  }
}

variable "slack_notices" {
  description = "Whether alarms are told in Slack too, by the incoming webhook whose address is the secret slack-webhook-url. Set it only when the release before knows it too."
  type        = bool
  default     = false
}

variable "sentry" {
  description = "Whether errors of all functions, and alarms, are sent to Sentry, to the project whose DSN is the secret sentry-dsn. Set it only when the release before knows it too."
  type        = bool
  default     = false
}

variable "analytics" {
  description = "Whether events of the business, in which nobody is named, are brought to BigQuery by a sink of the log (docs/numbers.md)."
  type        = bool
  default     = false
}

variable "event_service" {
  description = "Whether the same events are sent to Google Analytics or Mixpanel, to the address in the secret analytics-dsn. Set it only when the release before knows it too."
  type        = bool
  default     = false
}

variable "telemetry" {
  description = "Traces and metrics by OpenTelemetry, sent by the functions themselves to Google's Telemetry API: the share of traces that is kept, 0 to 1. null: none are sent."
  type        = object({ traces_share = optional(number, 0.1) })
  default     = null

  validation {
    condition     = var.telemetry == null || (try(var.telemetry.traces_share, 0) >= 0 && try(var.telemetry.traces_share, 0) <= 1 && can(regex("^[01](\\.[0-9]{1,6})?$", tostring(try(var.telemetry.traces_share, 0)))))
    error_message = "telemetry: traces_share is 0 to 1, with at most six decimals."
  }
}

variable "support_chat_id" {
  description = "The operators' Telegram group with topics, in which they answer people; the product's bot is an administrator there who may manage topics. Empty: /support names the contact only."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(-[1-9][0-9]{0,17})?$", var.support_chat_id))
    error_message = "support_chat_id is the number of a group, such as -1001234567890, or empty."
  }
}

variable "billing_account" {
  description = "Billing account for the budget, such as 012345-6789AB-CDEF01. null is said, not left out: no budget."
  type        = string
}

variable "spend_usd_max" {
  description = "What the models may cost in a UTC hour and in a UTC day, by the product's own estimate, before it rests."
  type        = object({ hour = number, day = number })

  validation {
    condition     = var.spend_usd_max.hour > 0 && var.spend_usd_max.hour <= var.spend_usd_max.day && var.spend_usd_max.day < 1000000
    error_message = "spend_usd_max: US dollars above 0, a day's not below an hour's."
  }
  validation {
    condition     = alltrue([for usd in values(var.spend_usd_max) : can(regex("^[0-9]+(\\.[0-9]{1,2})?$", tostring(usd)))])
    error_message = "spend_usd_max: at most two decimals."
  }
}

variable "sell_dearer_models" {
  description = "Whether a picture may be painted at a loss by a dearer model while the wanted one is gone."
  type        = bool
  default     = false
}

variable "budget_monthly" {
  description = "What a month may cost before somebody is told."
  type        = object({ units = number, currency = string })
  default     = { units = 50, currency = "EUR" }
}

variable "outside_copy" {
  description = "Who makes the copies outside this project: the output of terraform/outside, as members of policies. null: there are no copies outside."
  type        = object({ copier = string, agent = string })
  default     = null

  validation {
    condition     = var.outside_copy == null || alltrue([for member in values(coalesce(var.outside_copy, {})) : can(regex("^serviceAccount:[^@]+@[^@]+$", member)) && !endswith(member, "@${var.project}.iam.gserviceaccount.com")])
    error_message = "outside_copy: accounts of another project, such as serviceAccount:copier@PROJECT.iam.gserviceaccount.com."
  }
}
