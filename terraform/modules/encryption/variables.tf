variable "project" {
  description = "Google project id."
  type        = string
}

variable "region" {
  description = "Where the key is: near the functions."
  type        = string
}

variable "generation" {
  description = "How often the environment was made: a ring of keys cannot be deleted."
  type        = number
}

variable "users" {
  description = "Function = its account, as a member of policies: who may use the key."
  type        = map(string)
}
