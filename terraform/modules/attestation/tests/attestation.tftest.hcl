# Without a cloud and without credentials: the provider is mocked; its schema is still checked.
mock_provider "google" {
  mock_resource "google_kms_crypto_key" {
    defaults = { id = "projects/project-one/locations/europe-west1/keyRings/attestation/cryptoKeys/images" }
  }
  mock_resource "google_binary_authorization_attestor" {
    defaults = { id = "projects/project-one/attestors/build" }
  }
}

variables {
  project        = "project-one"
  project_number = "123456789012"
  region         = "europe-west1"
  generation     = 1
  enforced       = true
  attester       = "serviceAccount:attester@project-one.iam.gserviceaccount.com"
  deployer       = "serviceAccount:deployer@project-one.iam.gserviceaccount.com"
}

run "policy" {
  assert {
    condition = [
      for rule in google_binary_authorization_policy.this.default_admission_rule :
      "${rule.evaluation_mode} ${rule.enforcement_mode} ${join(",", rule.require_attestations_by)}"
    ] == ["REQUIRE_ATTESTATION ENFORCED_BLOCK_AND_AUDIT_LOG projects/project-one/attestors/build"]
    error_message = "Whatever is not attested is refused."
  }
  assert {
    condition     = [for each in google_binary_authorization_policy.this.admission_whitelist_patterns : each.name_pattern] == ["us-docker.pkg.dev/cloudrun/container/hello*"]
    error_message = "Nothing is exempt but Google's placeholder."
  }
  assert {
    condition     = keys(output.attestor.keys) == ["//cloudkms.googleapis.com/v1/projects/project-one/locations/europe-west1/keyRings/attestation/cryptoKeys/images/cryptoKeyVersions/1"]
    error_message = "Signatures name the key's version."
  }
  assert {
    condition     = google_kms_crypto_key_iam_member.signer.member == var.attester && google_container_analysis_note_iam_member.attacher.member == var.attester
    error_message = "Only the attester signs and adds attestations."
  }
}

run "only_audited" {
  variables {
    enforced   = false
    generation = 2
  }
  assert {
    condition     = google_binary_authorization_policy.this.default_admission_rule[0].enforcement_mode == "DRYRUN_AUDIT_LOG_ONLY"
    error_message = "Where nothing can be attested, nothing is refused."
  }
  assert {
    condition     = google_kms_key_ring.this.name == "attestation-g2" && google_project_iam_custom_role.attester.role_id == "imageAttesterG2"
    error_message = "What Google keeps after a destroy has another name the next time."
  }
}
