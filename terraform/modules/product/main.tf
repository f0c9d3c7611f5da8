# The whole product in one Google project. Every file here is about one thing; functions.tf is the one to begin with.

# For the project's number; bootstrap has enabled the API that this needs.
data "google_project" "this" {
  project_id = var.project
}

module "function" {
  source   = "../function"
  for_each = local.functions

  name                = each.key
  project             = var.project
  region              = var.region
  public              = each.value.public
  invokers            = { tasks = google_service_account.tasks.member, deployer = module.pipeline.deployer }
  deployers           = { deployer = module.pipeline.deployer }
  deployer_role       = google_project_iam_custom_role.service_deployer.name
  actors              = { deployer = module.pipeline.deployer, applier = module.pipeline.applier }
  env                 = local.env[each.key]
  secrets             = { for variable, id in local.secrets[each.key] : variable => google_secret_manager_secret.this[id].secret_id }
  limits              = local.limits[each.key]
  deletion_protection = var.protected

  depends_on = [time_sleep.apis]
}

# One database, except after a restore, while the old one still exists (docs/runbooks/restore.md).
module "firestore" {
  source   = "../firestore"
  for_each = toset(concat([var.firestore_database], var.firestore_kept))

  project      = var.project
  name         = each.key
  location     = var.firestore_location
  protected    = var.protected
  indexes_file = "${path.module}/../../../infra/firestore.indexes.json"

  depends_on = [time_sleep.apis]
}

# The releases' own: whoever takes `releases` over, which everybody may call, reaches nothing of people's.
module "release_database" {
  source = "../firestore"

  project      = var.project
  name         = var.release_database
  location     = var.firestore_location
  protected    = var.protected
  indexes_file = "${path.module}/../../../infra/releases.indexes.json"

  depends_on = [time_sleep.apis]
}

module "media" {
  source = "../media"

  project   = var.project
  name      = local.media_bucket
  location  = var.region
  versioned = var.protected
  protected = var.protected
  users     = { for name, function in local.functions : name => local.members[name] if function.media }

  depends_on = [time_sleep.apis]
}
