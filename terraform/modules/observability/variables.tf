variable "environment" {
  description = "Which environment this is."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "production"], var.environment)
    error_message = "environment: dev, staging or production."
  }
}

variable "project" {
  description = "Google project id."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "project: a project id has 6 to 30 of a-z, 0-9 and -, a letter first and no - at the end."
  }
}

variable "region" {
  description = "Where the services and queues are."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region: such as europe-west1."
  }
}

variable "services" {
  description = "Function → name of its Cloud Run service. Only what these log is counted."
  type        = map(string)

  validation {
    condition     = alltrue([for function in ["webhook", "sweep"] : contains(keys(var.services), function)])
    error_message = "services: webhook and sweep are watched by name."
  }
  validation {
    condition     = alltrue([for service in values(var.services) : can(regex("^[a-z]([a-z0-9-]{0,47}[a-z0-9])?$", service))])
    error_message = "services: names of Cloud Run services, 1 to 49 of a-z, 0-9 and -."
  }
}

variable "public_hosts" {
  description = "Function → host that everybody can reach, without scheme and path; each is asked for /health."
  type        = map(string)

  validation {
    condition     = contains(keys(var.public_hosts), "webhook")
    error_message = "public_hosts: the webhook is public."
  }
  validation {
    condition     = length(setsubtract(keys(var.public_hosts), keys(var.services))) == 0
    error_message = "public_hosts: only functions that services has."
  }
  validation {
    condition     = alltrue([for host in values(var.public_hosts) : can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", host))])
    error_message = "public_hosts: a host name alone, such as webhook-123.europe-west1.run.app."
  }
}

variable "queues" {
  description = "Kind of work → id of its queue in Cloud Tasks, short or in full."
  type        = map(string)

  validation {
    condition     = length(var.queues) > 0
    error_message = "queues: at least one."
  }
  validation {
    condition     = alltrue([for queue in values(var.queues) : can(regex("^(projects/[^/]+/locations/[^/]+/queues/)?[A-Za-z0-9-]+$", queue))])
    error_message = "queues: bot, or projects/P/locations/L/queues/bot."
  }
}

variable "alert_emails" {
  description = "Who is written to when an alert opens or closes, and when the budget is nearly spent."
  type        = list(string)

  validation {
    condition     = alltrue([for email in var.alert_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))])
    error_message = "alert_emails: e-mail addresses."
  }
  validation {
    # As they come, all values are made up, and the billing account is refused by Google: whoever makes one real makes all.
    condition     = var.billing_account == local.made_up_account || !anytrue([for email in var.alert_emails : can(regex("(?i)@(.+\\.)?example(\\.(com|net|org))?$|\\.(test|invalid|localhost)$|^(you|someone|name)@", email))])
    error_message = "alert_emails: an address that is an example's wakes nobody."
  }
  validation {
    condition     = length(distinct(var.alert_emails)) == length(var.alert_emails)
    error_message = "alert_emails: each address once."
  }
  validation {
    condition     = var.environment != "production" || length(var.alert_emails) > 0
    error_message = "alert_emails: production wakes somebody."
  }
}

variable "has_telemetry" {
  description = "Whether the functions send OpenTelemetry's metrics, so that charts can show them."
  type        = bool
  default     = false
}

variable "notice_topic" {
  description = "Pub/Sub topic that alarms are published to beside the mails; null: none."
  type        = string
  default     = null
}

variable "runbooks_url" {
  description = "Where the runbooks can be read, without a slash at the end; null: alarms name the file alone."
  type        = string
  default     = null
}

variable "billing_account" {
  description = "Billing account that the budget is set in; null: no budget, where whoever applies may not read it."
  type        = string
  nullable    = true
  default     = null

  validation {
    condition     = var.billing_account == null || can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "billing_account: such as 012345-6789AB-CDEF01."
  }
}

variable "budget_monthly" {
  description = "What a month may cost, in whole units of the billing account's currency."
  type = object({
    units    = number
    currency = string
  })

  validation {
    condition     = var.budget_monthly.units > 0 && floor(var.budget_monthly.units) == var.budget_monthly.units
    error_message = "budget_monthly: a whole number of units above 0."
  }
  validation {
    condition     = can(regex("^[A-Z]{3}$", var.budget_monthly.currency))
    error_message = "budget_monthly: a currency is three capital letters, such as USD."
  }
}
