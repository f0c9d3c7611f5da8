# Images are built once. The environment that builds has the registry; the others read from it.

locals {
  image_readers = merge(
    # The attester reads the signature that lies beside the image.
    { deployer = module.pipeline.deployer, attester = module.pipeline.attester },
    # Two need the right to run it: Cloud Run's agent pulls the image, and the account that names it in a revision must be able to.
    { for id, number in var.image_readers : "${id} runs" => "serviceAccount:service-${number}@serverless-robot-prod.iam.gserviceaccount.com" },
    { for id, number in var.image_readers : "${id} deploys" => "serviceAccount:deployer@${id}.iam.gserviceaccount.com" },
    { for id, number in var.image_readers : "${id} attests" => "serviceAccount:attester@${id}.iam.gserviceaccount.com" },
    { for id, number in var.image_readers : "${id} applies" => "serviceAccount:applier@${id}.iam.gserviceaccount.com" },
  )
}

module "registry" {
  source = "../registry"
  count  = var.image_project == null ? 1 : 0

  project = var.project
  region  = var.region
  writers = module.pipeline.builders
  readers = local.image_readers

  depends_on = [time_sleep.apis]
}
