output "name" {
  description = "The queue's id within its location."
  value       = google_cloud_tasks_queue.this.name
}

output "id" {
  description = "The queue's full name."
  value       = google_cloud_tasks_queue.this.id
}
