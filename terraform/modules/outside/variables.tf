variable "environment" {
  description = "The environment that is copied."
  type        = string

  validation {
    condition     = contains(["staging", "production"], var.environment)
    error_message = "environment: staging or production; what dev has is not worth a copy."
  }
}

variable "project" {
  description = "Google project of the copies: one of its own, whose owners are not those of the product."
  type        = string
}

variable "region" {
  description = "Where the copies are: another region than the product's."
  type        = string
}

variable "source_project" {
  description = "The product's project."
  type        = string
}

variable "source_location" {
  description = "Where the product's database is, as a bucket's location: europe-west1; EU for eur3."
  type        = string
}

variable "source_database" {
  description = "The database that the functions use; another than the default after a restore."
  type        = string
  default     = "(default)"
}

variable "source_bucket" {
  description = "The product's bucket of pictures."
  type        = string
}

variable "every_minutes" {
  description = "How often a copy is begun. 30: what is lost is at most an hour old. Each copy costs a read of every document (docs/deploy.md)."
  type        = number
  default     = 30

  validation {
    condition     = contains([15, 20, 30, 60, 120, 180, 240, 360, 720], var.every_minutes)
    error_message = "every_minutes: 15, 20, 30, 60, 120, 180, 240, 360 or 720."
  }
}

variable "restoring_projects" {
  description = "Projects that a copy may be restored into: the product's own, and that of the rehearsal."
  type        = list(string)
}

variable "restorers" {
  description = "People who may look for the newest copy, as members such as group:operators@example.com."
  type        = list(string)
  default     = []
}

variable "rehearsal" {
  description = "The project that the newest copy is restored into once a month, and the repository whose job does it. null: no rehearsal."
  type        = object({ project = string, repository_id = string, owner_id = string })
  default     = null

  validation {
    condition     = var.rehearsal == null || alltrue([for id in [try(var.rehearsal.repository_id, ""), try(var.rehearsal.owner_id, "")] : can(regex("^[1-9][0-9]*$", id))])
    error_message = "rehearsal: repository_id and owner_id are numbers (gh api repos/OWNER/NAME --jq '.id, .owner.id')."
  }
}

variable "alert_emails" {
  description = "Who is told when the newest copy is old."
  type        = list(string)

  validation {
    condition     = var.environment != "production" || length(var.alert_emails) > 0
    error_message = "alert_emails: production wakes somebody."
  }
}
