# Binary Authorization: Cloud Run asks Google whether build-release has attested an image.

module "attestation" {
  source = "../attestation"

  project        = var.project
  project_number = data.google_project.this.number
  region         = var.region
  generation     = var.generation
  enforced       = var.attested_images
  attester       = module.pipeline.attester
  deployer       = module.pipeline.deployer

  depends_on = [time_sleep.apis]
}
