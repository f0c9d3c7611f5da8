variable "project" {
  description = "Google project id."
  type        = string
}

variable "region" {
  description = "Where the images are."
  type        = string
}

variable "writers" {
  description = "Members that may push images, by any name."
  type        = map(string)
  default     = {}
}

variable "readers" {
  description = "Members that may pull images, by any name: other environments that run what was built here."
  type        = map(string)
  default     = {}
}
