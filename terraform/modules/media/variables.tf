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
  description = "Whether a deleted or overwritten picture can be brought back for a week as an older version."
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
