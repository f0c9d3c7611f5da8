# The key of Cloud KMS that wraps the keys with which people's words are encrypted in the database
# (docs/decisions/0131-words-are-encrypted.md). Without it nobody can read them again.

# Neither a ring nor a key can ever be deleted, so each generation has its own ring.
resource "google_kms_key_ring" "this" {
  project  = var.project
  location = var.region
  name     = var.generation == 1 ? "documents" : "documents-g${var.generation}"
}

resource "google_kms_crypto_key" "this" {
  #checkov:skip=CKV_GCP_82:dev can be destroyed, and the root refuses to destroy the others as a whole (never_destroyed).
  key_ring = google_kms_key_ring.this.id
  name     = "words"
  purpose  = "ENCRYPT_DECRYPT"

  # A new version every 90 days; what older ones wrapped is opened by them.
  rotation_period = "7776000s"

  # A version that somebody has destroyed can be restored for 120 days, the longest there is: longer than a backup lasts.
  destroy_scheduled_duration = "10368000s"

  version_template {
    algorithm        = "GOOGLE_SYMMETRIC_ENCRYPTION"
    protection_level = "SOFTWARE"
  }
}

# A function wraps one key a month, and opens each key once a process.
resource "google_kms_crypto_key_iam_member" "users" {
  for_each = var.users

  crypto_key_id = google_kms_crypto_key.this.id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = each.value
}
