import type { HclBlock } from '../../base/hcl/hcl.ts'
import { key, or } from './keys.ts'
import { onlyBlock, type Reader, readSection, section } from './section.ts'

/** Seconds. */
export type TelemetryConfig = {
  /** Whether `sys/metrics` answers in the form of Prometheus; so unless it was set to 0. */
  readonly prometheus: boolean
}

const push = 'metrics are fetched from sys/metrics, not sent'
const gauges = 'metrics cost nothing that would have to be bounded'

export const telemetrySection = section({
  title: 'telemetry',
  about: 'Metrics, in the form of Prometheus, at `sys/metrics`.',
  example: `telemetry {
  prometheus_retention_time = "30s"
}`,
  keys: {
    prometheus_retention_time: or(
      '24h',
      key.duration('Anything but 0 serves the metrics; nothing is kept, so the time itself does not matter.'),
    ),
  },
  ignored: {
    disable_hostname: 'metrics have no host name in their names',
    enable_hostname_label: 'the one who fetches metrics knows the host',
    metrics_prefix: 'names are fixed',
    usage_gauge_period: gauges,
    maximum_gauge_cardinality: gauges,
    lease_metrics_epsilon: gauges,
    num_lease_metrics_buckets: gauges,
    add_lease_metrics_namespace_labels: gauges,
    add_mount_point_rollback_metrics: gauges,
    filter_default: gauges,
    prefix_filter: gauges,
    statsite_address: push,
    statsd_address: push,
    dogstatsd_addr: push,
    dogstatsd_tags: push,
    circonus_api_token: push,
    circonus_api_app: push,
    circonus_api_url: push,
    circonus_submission_interval: push,
    circonus_submission_url: push,
    circonus_check_id: push,
    circonus_check_force_metric_activation: push,
    circonus_check_instance_id: push,
    circonus_check_search_tag: push,
    circonus_check_display_name: push,
    circonus_check_tags: push,
    circonus_broker_id: push,
    circonus_broker_select_tag: push,
    stackdriver_project_id: push,
    stackdriver_location: push,
    stackdriver_namespace: push,
    stackdriver_debug_logs: push,
  },
})

export function readTelemetry(blocks: readonly HclBlock[], reader: Reader): TelemetryConfig {
  const block = onlyBlock(blocks, 'telemetry', reader)
  if (block === undefined) return { prometheus: true }
  const { values } = readSection(telemetrySection, block.body, reader)
  return { prometheus: values.prometheus_retention_time > 0 }
}
