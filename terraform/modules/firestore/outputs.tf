output "database" {
  description = "The database's id."
  value       = google_firestore_database.this.name
}

output "indexes" {
  description = "The indexes and fields of indexes_file that are ready: Terraform waits until Firestore has built each."
  value       = sort(concat(keys(google_firestore_index.this), keys(google_firestore_field.this)))
}
