# The budget on the cloud's own charges, up to a day late; the policy `budget` in alerts.tf is faster, for models only.

locals {
  # What terraform/environments has until somebody sets it up: Google knows no such account.
  made_up_account = "000000-000000-000000"
}

data "google_project" "this" {
  count = var.billing_account == null ? 0 : 1

  project_id = var.project
}

resource "google_billing_budget" "monthly" {
  count = var.billing_account == null ? 0 : 1

  billing_account = var.billing_account
  display_name    = "NanoBanana ${var.environment} (docs/runbooks/budget.md)"

  budget_filter {
    projects        = ["projects/${data.google_project.this[0].number}"]
    calendar_period = "MONTH"
  }

  amount {
    specified_amount {
      currency_code = var.budget_monthly.currency
      units         = tostring(var.budget_monthly.units)
    }
  }

  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1.0]
    content {
      threshold_percent = threshold_rules.value
      spend_basis       = "CURRENT_SPEND"
    }
  }

  threshold_rules {
    threshold_percent = 1.0
    spend_basis       = "FORECASTED_SPEND"
  }

  # The billing account's administrators are notified anyway. Google does not store a rule without recipients.
  dynamic "all_updates_rule" {
    for_each = length(local.mails) == 0 ? [] : [slice(local.mails, 0, min(5, length(local.mails)))]
    content {
      # At most five are allowed, all of them addresses.
      monitoring_notification_channels = all_updates_rule.value
    }
  }
}
