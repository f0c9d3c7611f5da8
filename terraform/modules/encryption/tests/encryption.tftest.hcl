# Without a cloud and without credentials: the provider is mocked; its schema is still checked.
mock_provider "google" {
  mock_resource "google_kms_crypto_key" {
    defaults = { id = "projects/project-one/locations/europe-west1/keyRings/documents/cryptoKeys/words" }
  }
}

variables {
  project    = "project-one"
  region     = "europe-west1"
  generation = 1
  users      = { bot = "serviceAccount:bot@project-one.iam.gserviceaccount.com" }
}

run "key" {
  assert {
    condition     = output.key == google_kms_crypto_key.this.id
    error_message = "The functions are told the key that is made."
  }
  assert {
    condition     = google_kms_crypto_key.this.rotation_period == "7776000s" && google_kms_crypto_key.this.destroy_scheduled_duration == "10368000s"
    error_message = "It is renewed every 90 days, and can be restored for 120."
  }
  assert {
    condition     = [for each in google_kms_crypto_key_iam_member.users : "${each.member} ${each.role}"] == ["serviceAccount:bot@project-one.iam.gserviceaccount.com roles/cloudkms.cryptoKeyEncrypterDecrypter"]
    error_message = "Only those use it that are named."
  }
}

run "made_again" {
  variables {
    generation = 2
  }
  assert {
    condition     = google_kms_key_ring.this.name == "documents-g2"
    error_message = "What Google keeps after a destroy has another name the next time."
  }
}
