# Without a cloud and without credentials: the provider is mocked; its schema is still checked.
mock_provider "google" {}

variables {
  project      = "project-one"
  name         = "(default)"
  location     = "eur3"
  protected    = true
  indexes_file = "../../../infra/firestore.indexes.json"
}

run "protected_database" {
  assert {
    condition     = google_firestore_database.this.delete_protection_state == "DELETE_PROTECTION_ENABLED" && google_firestore_database.this.deletion_policy == "ABANDON"
    error_message = "A protected database is not deleted, by nobody."
  }
  assert {
    condition     = google_firestore_database.this.type == "FIRESTORE_NATIVE" && google_firestore_database.this.point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_ENABLED"
    error_message = "Native mode, with every minute of a week to go back to."
  }
  assert {
    condition     = google_firestore_backup_schedule.daily.retention == "604800s" && google_firestore_backup_schedule.weekly.retention == "8467200s"
    error_message = "Daily backups for a week, weekly ones for 14."
  }
}

run "everything_in_the_file" {
  assert {
    condition = alltrue([
      for name in ["broadcast_marks", "broadcasts", "conversations", "drafts", "inbox", "jobs", "messages", "orders", "prompts", "proposals", "quarantine", "shares", "words"] : length(google_firestore_field.this["${name}.expire_at"].ttl_config) == 1
    ])
    error_message = "What expires, expires."
  }
  assert {
    condition     = length([for each in values(google_firestore_field.this) : each if length(each.ttl_config) == 1]) == length([for each in jsondecode(file(var.indexes_file)).fieldOverrides : each if try(each.ttl, false)])
    error_message = "TTL is on the fields of the file and on no other: elsewhere it would delete for ever."
  }
  assert {
    condition     = length(google_firestore_index.this) == length(jsondecode(file(var.indexes_file)).indexes) && length(google_firestore_field.this) == length(jsondecode(file(var.indexes_file)).fieldOverrides)
    error_message = "Each index and each field of the file is one resource."
  }
  assert {
    condition     = [for field in google_firestore_index.this["transfers user_id:ASCENDING at:DESCENDING"].fields : "${field.field_path} ${field.order}"] == ["user_id ASCENDING", "at DESCENDING"]
    error_message = "A composite index keeps the order of its fields."
  }
  assert {
    condition = alltrue([
      for name in ["drafts", "jobs"] : [for field in google_firestore_index.this["${name} shard:ASCENDING sweep_at:ASCENDING"].fields : field.field_path] == ["shard", "sweep_at"]
    ])
    error_message = "What is overdue is found by shard first, so that no index range takes every write."
  }
  assert {
    condition     = length(google_firestore_field.this["jobs.*"].index_config[0].indexes) == 0
    error_message = "Fields that are never searched have no index."
  }
  assert {
    condition     = [for index in google_firestore_field.this["jobs.sweep_at"].index_config[0].indexes : "${index.order} ${index.query_scope}"] == ["ASCENDING COLLECTION"] && [for index in google_firestore_field.this["jobs.messages"].index_config[0].indexes : index.array_config] == ["CONTAINS"]
    error_message = "A field that is searched has the one index that its search takes."
  }
}

run "disposable_database" {
  command = plan
  variables {
    protected = false
  }
  assert {
    condition     = google_firestore_database.this.delete_protection_state == "DELETE_PROTECTION_DISABLED" && google_firestore_database.this.deletion_policy == "DELETE"
    error_message = "What is not protected can be taken down with terraform destroy."
  }
}

run "restored_database" {
  command = plan
  variables {
    name = "restored-1121"
  }
  assert {
    condition = toset(concat(
      [google_firestore_database.this.name, google_firestore_backup_schedule.daily.database, google_firestore_backup_schedule.weekly.database],
      values(google_firestore_index.this)[*].database, values(google_firestore_field.this)[*].database,
    )) == toset(["restored-1121"])
    error_message = "Backups, indexes and TTL fields are those of the database that is named."
  }
}

run "refuses_a_name_that_is_none" {
  command = plan
  variables {
    name = "Restored_1121"
  }
  expect_failures = [var.name]
}

run "refuses_a_missing_file" {
  command = plan
  variables {
    indexes_file = "no-such-file.json"
  }
  expect_failures = [var.indexes_file]
}
