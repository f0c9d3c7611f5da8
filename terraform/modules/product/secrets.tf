# The secrets' names. Their values are added by hand (docs/deploy.md) and are neither in the code nor in the state.

resource "google_secret_manager_secret" "this" {
  for_each = toset(flatten([for secrets in values(local.secrets) : values(secrets)]))

  project             = var.project
  secret_id           = each.key
  deletion_protection = var.protected

  replication {
    auto {}
  }

  depends_on = [time_sleep.apis]
}
