# The sections of the boards users, money and cost.

locals {
  business_sections = [
    {
      board = "users"
      title = "People"
      charts = [
        {
          title = "People who requested something, by day, as the night counted them"
          unit  = "1/d"
          lines = { "" = "sum(increase(${local.own}_people_sum{${local.run}}[1d]))" }
        },
        {
          title = "Free credits by occasion: each welcome is a new person"
          unit  = "1/d"
          lines = { "" = "sum by (occasion) (increase(${local.own}_gifts{${local.run}}[1d]))" }
        },
        {
          title = "Results: 👍 (1), 👎 (-1), shared by a link"
          unit  = "1/d"
          lines = {
            rated  = "sum by (kind, value) (increase(${local.own}_ratings{${local.run}}[1d]))"
            shared = "sum by (kind) (increase(${local.own}_shares{${local.run}}[1d]))"
          }
        },
      ]
    },
    {
      board = "users"
      title = "Requests and what became of them"
      charts = [
        {
          title = "Requests that were taken"
          unit  = "1/h"
          lines = { "" = "sum by (medium) (increase(${local.own}_accepted{${local.run}}[1h]))" }
        },
        {
          title = "Ends by outcome"
          unit  = "1/s"
          lines = { "" = "sum by (medium, outcome) (rate(${local.own}_jobs{${local.run}}[10m]))" }
        },
        {
          title = "Why not: codes of refused, failed and declined"
          unit  = "1/h"
          lines = {
            job     = "sum by (medium, code) (increase(${local.own}_jobs{${local.run},outcome!='delivered'}[1h]))"
            decline = "sum by (medium, code) (increase(${local.own}_declines{${local.run}}[1h]))"
          }
        },
      ]
    },
    {
      board = "users"
      title = "Answers"
      charts = [
        {
          title = "How they end: whole, stopped by the person, cut"
          unit  = "1/h"
          lines = { "" = "sum by (ending) (increase(${local.own}_answers{${local.run}}[1h]))" }
        },
      ]
    },
    {
      board = "money"
      title = "Payments and credits"
      charts = [
        {
          title = "Paid and returned, in the currency's smallest unit (XTR: Stars)"
          unit  = "1/d"
          lines = { "" = "sum by (event, provider, currency) (increase(${local.own}_payments_sum{${local.run}}[1d]))" }
        },
        {
          title = "Payments and returns"
          unit  = "1/d"
          lines = { "" = "sum by (event, provider) (increase(${local.own}_payments_count{${local.run}}[1d]))" }
        },
        {
          title = "Granted or sold (credits_granted), spent (job_delivered), returned (job_refused, job_canceled)"
          unit  = "credits/h"
          lines = { "" = "sum by (event) (increase(${local.own}_credits_sum{${local.run}}[1h]))" }
        },
      ]
    },
    {
      board = "money"
      title = "Books"
      charts = [
        {
          title = "Books that do not balance"
          unit  = "1/h"
          lines = { "" = "sum(increase(${local.own}_ledger_mismatches{${local.run}}[1h]))" }
        },
        {
          title = "Payments in which Telegram's list and our books differ"
          unit  = "1/d"
          lines = { "" = "sum by (kind, repaired) (increase(${local.own}_payment_gaps{${local.run}}[1d]))" }
        },
        {
          title = "A cent of cost per credit earned: above 1 we lose"
          unit  = "1"
          lines = { "" = <<-QUERY
            ((sum(increase(${local.own}_cost_usd_micros_sum{${local.run}}[1d])) or vector(0))
            + (sum(increase(${local.own}_words_cost_usd_micros_sum{${local.run}}[1d])) or vector(0))) / 10000
            / sum(increase(${local.own}_credits_sum{${local.run},event='job_delivered'}[1d]))
          QUERY
          }
        },
      ]
    },
    {
      board = "cost"
      title = "What models cost, by the providers' list prices"
      charts = [
        {
          title = "One picture or video"
          unit  = "USD"
          lines = { "" = <<-QUERY
            sum by (model, size) (increase(${local.own}_cost_usd_micros_sum{${local.run}}[1h]))
            / sum by (model, size) (increase(${local.own}_cost_usd_micros_count{${local.run}}[1h])) / 1000000
          QUERY
          }
        },
        {
          title = "All of 24 hours"
          unit  = "USD"
          lines = {
            made  = "sum by (model) (increase(${local.own}_cost_usd_micros_sum{${local.run}}[1d])) / 1000000"
            words = "sum by (medium) (increase(${local.own}_words_cost_usd_micros_sum{${local.run}}[1d])) / 1000000"
          }
        },
        {
          title = "A call for words"
          unit  = "USD"
          lines = { "" = <<-QUERY
            sum by (medium, model_id) (increase(${local.own}_words_cost_usd_micros_sum{${local.run}}[1h]))
            / sum by (medium, model_id) (increase(${local.own}_words_cost_usd_micros_count{${local.run}}[1h])) / 1000000
          QUERY
          }
        },
      ]
    },
    {
      board = "cost"
      title = "Limits"
      charts = [
        {
          title = "Instances that saw 50, 80 or 100 % of a cap"
          unit  = "1/h"
          lines = { "" = "sum by (window, percent) (increase(${local.own}_spend_levels{${local.run}}[1h]))" }
        },
        {
          title = "Instances that bill: their time, by function"
          unit  = "s/s"
          lines = { "" = "sum by (service_name) (rate(run_googleapis_com:container_billable_instance_time{${local.run}}[10m]))" }
        },
      ]
    },
  ]
}
