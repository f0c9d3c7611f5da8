variable "project" {
  description = "Google project id."
  type        = string
}

variable "location" {
  description = "Where the database is, such as europe-west1 or eur3. It can never be changed."
  type        = string
}

variable "protected" {
  description = "Whether the database refuses to be deleted, and stays when Terraform forgets it."
  type        = bool
}

variable "users" {
  description = "Members that read and write documents, by function."
  type        = map(string)
}

variable "indexes_file" {
  description = "The indexes and TTL fields, as the Firebase tools write them."
  type        = string

  validation {
    condition     = can(jsondecode(file(var.indexes_file)).indexes)
    error_message = "indexes_file: not a readable file of indexes."
  }
}
