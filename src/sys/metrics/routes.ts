import { answer } from '../../backend/answers/answer.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { type OpenRoute, openRoute, type SystemRoute, systemRoute } from '../../backend/routes/route.ts'
import type { Clock } from '../../base/clock.ts'
import { fail } from '../../base/errors.ts'
import type { MetricFamily } from '../../base/metrics.ts'
import {
  processFamilies,
  prometheusText,
  prometheusType,
  type WorkerMetrics,
  workersFamilies,
  workersText,
} from './prometheus.ts'
import { vaultMetrics } from './vault.ts'

export type MetricsServices = {
  readonly clock: Clock
  /** Answers in a time that is bounded, whatever the store does. */
  collect(): Promise<readonly MetricFamily[]>
  /** What all workers of this node count, this one among them; absent where one process is all of it. */
  readonly workers?: (() => Promise<readonly WorkerMetrics[]>) | undefined
  /** Whether the form of Prometheus is served. */
  readonly prometheus: boolean
}

export type MetricsRoutes = {
  /** For those whose policies allow it. */
  readonly system: SystemRoute
  /** For everybody, on a listener that says so. */
  readonly open: OpenRoute
}

const fields = { format: field.string('`prometheus`, or nothing for JSON.', { maxLength: 32 }) }
const summary = 'What the server counts, for monitoring.'

export function metricsRoutes({ clock, collect, workers, prometheus }: MetricsServices): MetricsRoutes {
  let underWay: Promise<string> | undefined

  /** Whoever asks meanwhile gets the same text: making it costs some milliseconds. */
  function text(): Promise<string> {
    const made = async () =>
      workers === undefined ? prometheusText(await collect()) : workersText(await workers())
    underWay ??= made().finally(() => {
      underWay = undefined
    })
    return underWay
  }

  const families = async () =>
    workers === undefined
      ? [...(await collect()), ...(await processFamilies())]
      : workersFamilies(await workers())

  async function read({ format = '' }: FieldValues<typeof fields>): Promise<Reply> {
    switch (format) {
      case '':
      case 'json':
        return { bare: vaultMetrics(await families(), clock.now(), process.uptime()) }
      case 'prometheus':
        if (!prometheus) fail('invalid_request', 'prometheus is not enabled')
        return { raw: { contentType: prometheusType, body: await text() } }
      default:
        fail('invalid_request', `metric response format ${JSON.stringify(format)} unknown`)
    }
  }

  // A text or JSON, as it is asked for.
  const answers = { read: answer.other }
  const operations = { read: (_context: unknown, sent: FieldValues<typeof fields>) => read(sent) }
  return {
    system: systemRoute({ path: 'metrics', summary, fields, answers, operations }),
    open: openRoute({ path: 'sys/metrics', summary, fields, answers, operations }),
  }
}
