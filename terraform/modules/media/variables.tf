variable "project" {
  description = "Google project id."
  type        = string
}

variable "name" {
  description = "The bucket's name, unique in the world."
  type        = string
}

variable "location" {
  description = "Where the pictures are: the functions' region, or reading them costs egress."
  type        = string
}

variable "versioned" {
  description = "Whether a deleted or overwritten picture stays for a day as an older version, before its week in soft delete."
  type        = bool
}

variable "protected" {
  description = "Whether Terraform refuses to delete the bucket while pictures are in it."
  type        = bool
}

variable "users" {
  description = "Members that write, read and delete pictures, by function."
  type        = map(string)
}
