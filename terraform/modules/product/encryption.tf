# The key that keeps people's words from whoever has a copy of the database.

module "encryption" {
  source = "../encryption"

  project    = var.project
  region     = var.region
  generation = var.generation
  users      = { for name, function in local.functions : name => local.members[name] if function.firestore }

  depends_on = [time_sleep.apis]
}
