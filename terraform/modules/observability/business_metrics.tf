# Metrics of the business from the log, as those of metrics.tf.

locals {
  business_metrics = {
    accepted = {
      about  = "Requests that were taken, their credits held."
      events = ["request_accepted"]
      where  = null
      labels = { medium = "medium" }
      value  = null
      unit   = "1"
    }
    people = {
      about  = "How many people requested something on the day before, as the night's check of the books counted them."
      events = ["day_summed"]
      where  = null
      labels = {}
      value  = "people"
      unit   = "1"
    }
    gifts = {
      about  = "Gifts of free credits by their occasion; each `welcome` is a new person."
      events = ["credits_granted"]
      where  = null
      labels = { occasion = "occasion" }
      value  = null
      unit   = "1"
    }
    ratings = {
      about  = "What people think of results: 1, -1, or 0 if they took it back."
      events = ["result_rated"]
      where  = null
      labels = { kind = "kind", value = "value" }
      value  = null
      unit   = "1"
    }
    shares = {
      about  = "Links to results that were opened for others."
      events = ["result_shared"]
      where  = null
      labels = { kind = "kind" }
      value  = null
      unit   = "1"
    }
    payments = {
      about  = "Payments that were booked, and those of which money went back; the value is the payment's amount."
      events = ["payment_credited", "payment_returned"]
      where  = null
      labels = { event = "event", provider = "provider", currency = "currency" }
      value  = "amount"
      unit   = "1"
    }
  }
}
