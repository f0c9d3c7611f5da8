# Who may sign, and who may look. Whoever deploys or pushes images can neither use the key nor add an attestation.

resource "google_kms_crypto_key_iam_member" "signer" {
  crypto_key_id = google_kms_crypto_key.this.id
  role          = "roles/cloudkms.signer"
  member        = var.attester
}

resource "google_container_analysis_note_iam_member" "attacher" {
  project = var.project
  note    = google_container_analysis_note.this.name
  role    = "roles/containeranalysis.notes.attacher"
  member  = var.attester
}

# roles/containeranalysis.occurrences.editor would also allow to change and delete what was attested before.
resource "google_project_iam_custom_role" "attester" {
  project     = var.project
  role_id     = var.generation == 1 ? "imageAttester" : "imageAttesterG${var.generation}"
  title       = "Image attester"
  description = "Adds attestations"
  permissions = ["containeranalysis.occurrences.create"]
}

resource "google_project_iam_member" "attester" {
  project = var.project
  role    = google_project_iam_custom_role.attester.name
  member  = var.attester
}

# The attester skips what is attested already, a release looks first, and Google itself looks when it decides.
resource "google_container_analysis_note_iam_member" "viewer" {
  for_each = {
    attester = var.attester
    deployer = var.deployer
    google   = "serviceAccount:service-${var.project_number}@gcp-sa-binaryauthorization.iam.gserviceaccount.com"
  }

  project = var.project
  note    = google_container_analysis_note.this.name
  role    = "roles/containeranalysis.notes.occurrences.viewer"
  member  = each.value

  # Google makes its own account when the first attestor is made.
  depends_on = [google_binary_authorization_attestor.this]
}
