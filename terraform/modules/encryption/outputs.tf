output "key" {
  description = "The key's name, as the functions get it in ENCRYPTION_KEY."
  value       = "projects/${var.project}/locations/${var.region}/keyRings/${google_kms_key_ring.this.name}/cryptoKeys/${google_kms_crypto_key.this.name}"
}
