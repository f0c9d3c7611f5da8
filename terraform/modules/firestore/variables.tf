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

variable "name" {
  description = "The database's id: (default), or one that was restored."
  type        = string

  validation {
    condition     = can(regex("^(\\(default\\)|[a-z][a-z0-9-]{2,61}[a-z0-9])$", var.name))
    error_message = "name: (default), or 4 to 63 of a-z, 0-9 and -, a letter first and no - at the end."
  }
}

variable "indexes_file" {
  description = "The indexes and TTL fields, as the Firebase tools write them."
  type        = string

  validation {
    condition     = can(jsondecode(file(var.indexes_file)).indexes)
    error_message = "indexes_file: not a readable file of indexes."
  }
}
