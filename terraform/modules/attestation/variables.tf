variable "project" {
  description = "Google project id."
  type        = string
}

variable "project_number" {
  description = "The project's number."
  type        = string
}

variable "region" {
  description = "Where the key is."
  type        = string
}

variable "generation" {
  description = "How often the environment was made: a ring of keys cannot be deleted."
  type        = number
}

variable "enforced" {
  description = "Whether Cloud Run refuses an image without an attestation; otherwise that is only written to the audit log."
  type        = bool
}

variable "attester" {
  description = "The account that attests images, as a member of policies."
  type        = string
}

variable "deployer" {
  description = "The deploying account, which looks whether an image is attested before it is released."
  type        = string
}
