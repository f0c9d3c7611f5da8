variable "name" {
  description = "The queue's name. Cloud Tasks refuses the name of a deleted queue for days."
  type        = string
}

variable "project" {
  description = "Google project id."
  type        = string
}

variable "region" {
  description = "Where the queue is: the location in the functions' settings."
  type        = string
}

variable "rates" {
  description = "How fast tasks are handed out, and how a failed one is repeated."
  type = object({
    dispatches_per_second = number
    min_backoff_seconds   = number
    max_backoff_seconds   = number
    doublings             = number
  })

  validation {
    condition     = var.rates.dispatches_per_second > 0 && var.rates.dispatches_per_second <= 500
    error_message = "rates: Cloud Tasks dispatches at most 500 per second and queue."
  }
  validation {
    condition     = var.rates.min_backoff_seconds <= var.rates.max_backoff_seconds
    error_message = "rates: min_backoff_seconds must not be above max_backoff_seconds."
  }
  validation {
    condition     = var.rates.max_backoff_seconds <= 600
    error_message = "rates: above 600 s of back-off, the attempts that main.tf allows take longer than a day."
  }
}

variable "capacity" {
  description = "How many requests the function behind the queue can hold at once: instances times concurrency."
  type        = number

  validation {
    condition     = var.capacity >= 1
    error_message = "capacity: at least one request."
  }
}

variable "enqueuers" {
  description = "Members that may put tasks into the queue, by function."
  type        = map(string)
}
