output "attestor" {
  description = "What a release verifies attestations with: the note they belong to, and the public keys by name."
  value = {
    enforced = var.enforced
    note     = "projects/${var.project}/notes/${google_container_analysis_note.this.name}"
    keys     = { (local.key) = local.pem }
  }
}
