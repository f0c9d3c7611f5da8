variable "environment" {
  description = "The environment, also the name of the GitHub environment whose jobs may deploy to it."
  type        = string
}

variable "generation" {
  description = "How often the environment was made: Google keeps the id of a deleted pool for 30 days."
  type        = number
}

variable "project" {
  description = "Google project id."
  type        = string
}

variable "project_number" {
  description = "The project's number."
  type        = string
}

variable "github" {
  description = "The repository: numeric ids, which outlive renames, and the refs that may deploy (a * at the end: all that begin so)."
  type = object({
    repository_id = string
    owner_id      = string
    refs          = list(string)
  })

  validation {
    condition     = can(regex("^[1-9][0-9]*$", var.github.repository_id))
    error_message = "github: repository_id is a number (gh api repos/OWNER/NAME --jq .id), never a name: names can be taken over."
  }
  validation {
    condition     = can(regex("^[1-9][0-9]*$", var.github.owner_id))
    error_message = "github: owner_id is a number (gh api repos/OWNER/NAME --jq .owner.id)."
  }
  validation {
    condition     = length(var.github.refs) > 0 && alltrue([for ref in var.github.refs : can(regex("^refs/(heads/[*]|(heads|tags)/[A-Za-z0-9._/-]+[*]?)$", ref))])
    error_message = "github: refs are full names such as refs/heads/main or refs/heads/feature/*, and at least one."
  }
  validation {
    condition     = var.environment == "dev" || !contains(var.github.refs, "refs/heads/*")
    error_message = "github: every branch may deploy to dev alone, where nobody's data are."
  }
  validation {
    condition     = anytrue([for ref in var.github.refs : !endswith(ref, "*")])
    error_message = "github: at least one ref without a *: terraform apply runs on no other."
  }
}

variable "builds" {
  description = "Whether images are built for this environment's own registry."
  type        = bool
}

variable "asks_models" {
  description = "Whether a release and the night ask the enterprise API which models there are."
  type        = bool
  default     = false
}

variable "state_bucket" {
  description = "The bucket with Terraform's state, which bootstrap made."
  type        = string
}
