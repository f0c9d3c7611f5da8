variable "name" {
  description = "The function: its folder under functions/, its Cloud Run service."
  type        = string

  validation {
    # Followed by "-function" it is the name of a service account, which has at most 30 characters.
    condition     = can(regex("^[a-z][a-z0-9-]{1,19}[a-z0-9]$", var.name))
    error_message = "name: 3 to 21 of a-z, 0-9 and -, a letter first."
  }
}

variable "project" {
  description = "Google project id."
  type        = string
}

variable "region" {
  description = "Where the service runs."
  type        = string
}

variable "env" {
  description = "Plain environment variables. Secrets are not among them: see `secrets`."
  type        = map(string)
}

variable "secrets" {
  description = "Secret Manager secrets that the function may read, by environment variable."
  type        = map(string)
  default     = {}
}

variable "public" {
  description = "Whether anybody may call it. Otherwise only `invokers` may."
  type        = bool
  default     = false
}

variable "invokers" {
  description = "Members that may call a function that is not public, by any name."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for member in values(var.invokers) : can(regex("^serviceAccount:[^ ]+@[^ ]+$", member))])
    error_message = "invokers: service accounts only. What everybody may call is public."
  }
}

variable "deployers" {
  description = "Members that may change template and traffic, by any name."
  type        = map(string)
  default     = {}
}

variable "deployer_role" {
  description = "The role that allows to change template and traffic and nothing else."
  type        = string
}

variable "actors" {
  description = "Members that may make something run as the function's account, by any name: whoever makes revisions."
  type        = map(string)
  default     = {}
}

variable "limits" {
  description = "What an instance has, how it is billed, and how long a request may take, against the caller's own deadline."
  type = object({
    cpu              = string
    memory           = string
    concurrency      = number
    timeout_seconds  = number
    deadline_seconds = number
    min_instances    = number
    max_instances    = number
    instance_billing = optional(bool, false)
  })

  validation {
    condition     = var.limits.timeout_seconds < var.limits.deadline_seconds
    error_message = "limits: a request must end before its caller stops waiting (timeout_seconds < deadline_seconds)."
  }
  validation {
    condition     = var.limits.concurrency >= 1 && var.limits.concurrency <= 1000
    error_message = "limits: concurrency is 1 to 1,000."
  }
  validation {
    condition     = var.limits.min_instances >= 0 && var.limits.min_instances <= var.limits.max_instances && var.limits.max_instances >= 1
    error_message = "limits: 0 <= min_instances <= max_instances, and at least one instance."
  }
}

variable "deletion_protection" {
  description = "Whether Terraform refuses to delete the service."
  type        = bool
}
