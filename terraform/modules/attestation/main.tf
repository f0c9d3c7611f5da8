# What Google demands of an image before Cloud Run makes a revision of it (Binary Authorization): an attestation of the
# image's digest, signed with a key that only the job of build-release may use that has verified what built the image
# (docs/decisions/0117-google-refuses-what-the-build-has-not-attested.md).

# Neither a ring nor a key can ever be deleted, so each generation has its own ring.
resource "google_kms_key_ring" "this" {
  project  = var.project
  location = var.region
  name     = var.generation == 1 ? "attestation" : "attestation-g${var.generation}"
}

resource "google_kms_crypto_key" "this" {
  #checkov:skip=CKV_GCP_82:dev can be destroyed, and the root refuses to destroy the others as a whole (never_destroyed).
  key_ring = google_kms_key_ring.this.id
  name     = "images"
  purpose  = "ASYMMETRIC_SIGN"

  version_template {
    algorithm        = local.algorithm
    protection_level = "SOFTWARE"
  }
}

locals {
  algorithm = "EC_SIGN_P256_SHA256"

  # How signatures name the key that made them.
  key = "//cloudkms.googleapis.com/v1/${google_kms_crypto_key.this.id}/cryptoKeyVersions/1"
  pem = one(data.google_kms_crypto_key_version.this.public_key[*].pem)
}

data "google_kms_crypto_key_version" "this" {
  crypto_key = google_kms_crypto_key.this.id
  version    = 1
}

resource "google_container_analysis_note" "this" {
  project = var.project
  name    = "build"

  attestation_authority {
    hint {
      human_readable_name = "Built by build-release"
    }
  }
}

resource "google_binary_authorization_attestor" "this" {
  project     = var.project
  name        = "build"
  description = "Trusts the key that build-release signs images with"

  attestation_authority_note {
    note_reference = google_container_analysis_note.this.name

    public_keys {
      id = local.key
      pkix_public_key {
        public_key_pem      = local.pem
        signature_algorithm = local.algorithm
      }
    }
  }
}

# One policy for the project; each Cloud Run service asks for it (../function). It is looked at when a revision is made:
# traffic moves between the revisions that exist without it, so a rollback needs no attestation.
resource "google_binary_authorization_policy" "this" {
  project                       = var.project
  description                   = "Only images that build-release has attested"
  global_policy_evaluation_mode = "DISABLE" # Google's list of images for GKE, which is not used here

  # The placeholder, without which no service can be made.
  admission_whitelist_patterns {
    name_pattern = "us-docker.pkg.dev/cloudrun/container/hello*"
  }

  default_admission_rule {
    evaluation_mode         = "REQUIRE_ATTESTATION"
    enforcement_mode        = var.enforced ? "ENFORCED_BLOCK_AND_AUDIT_LOG" : "DRYRUN_AUDIT_LOG_ONLY"
    require_attestations_by = [google_binary_authorization_attestor.this.id]
  }
}
