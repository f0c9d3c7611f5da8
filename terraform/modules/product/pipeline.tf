# The accounts that may build, deploy, plan and apply from GitHub.

module "pipeline" {
  source = "../pipeline"

  environment    = var.environment
  generation     = var.generation
  project        = var.project
  project_number = data.google_project.this.number
  github         = var.github
  builds         = var.image_project == null
  state_bucket   = "${var.project}-terraform"
  asks_models    = var.veo_offers

  depends_on = [time_sleep.apis]
}
