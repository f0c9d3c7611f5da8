# The dashboards, as Monitoring wants them; boards.tf, business_boards.tf and otel_boards.tf have their charts.

locals {
  rows = concat(local.sections, local.business_sections, var.has_telemetry ? local.otel_sections : [])

  # The mosaic is 48 columns wide.
  header_height  = 4
  chart_height   = 16
  section_height = local.header_height + local.chart_height

  # Monitoring omits values that are 0, empty or false, so the next plan would show changes. So such values are left out.
  tiles = { for board in local.boards : board => flatten([for row, section in [for each in local.rows : each if each.board == board] : concat(
    [merge(
      { for name, value in { yPos = row * local.section_height } : name => value if value != 0 },
      { width = 48, height = local.header_height, widget = { title = section.title, sectionHeader = {} } },
    )],
    [for column, chart in section.charts : merge(
      { for name, value in { xPos = column * 16 } : name => value if value != 0 },
      { yPos = row * local.section_height + local.header_height, width = 16, height = local.chart_height, widget = { title = chart.title, xyChart = {
        dataSets = [for legend, query in chart.lines : merge(
          { plotType = "LINE", targetAxis = "Y1", timeSeriesQuery = { prometheusQuery = trimspace(query) } },
          legend == "" ? {} : { legendTemplate = legend },
        )]
        yAxis = { label = chart.unit, scale = "LINEAR" }
      } } },
    )],
  )]) }
}

moved {
  from = google_monitoring_dashboard.this
  to   = google_monitoring_dashboard.this["production"]
}

resource "google_monitoring_dashboard" "this" {
  for_each = toset(local.boards)

  project = var.project
  dashboard_json = jsonencode({
    displayName  = "NanoBanana ${var.environment}: ${each.key}"
    mosaicLayout = { columns = 48, tiles = local.tiles[each.key] }
  })
}
