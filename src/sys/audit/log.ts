import type { Broker, LogSource } from '../../audit/broker.ts'
import { clearFile, processPath } from '../../audit/options.ts'
import { logsOf, openLogFile } from '../../audit/reader/files.ts'
import type { LineFilter } from '../../audit/reader/filter.ts'
import { readPage } from '../../audit/reader/page.ts'
import { verifyFile } from '../../audit/reader/verify.ts'
import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import type { NextStep, Reply } from '../../backend/message.ts'
import { readMounts } from '../../backend/mounts/mount-table.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { type AuditTable, auditKey, auditRecords } from '../../backend/settings/audit-table.ts'
import { fail } from '../../base/errors.ts'
import type { Json, JsonObject } from '../../base/json/json.ts'
import { timeText } from '../../base/time.ts'
import { withoutPersonal } from './hidden.ts'

/** Lines of one answer. */
const usualLines = 50
const mostLines = 200
/** Bytes that one answer checks: the end of a longer log. */
const mostChecked = 256 * 1024 * 1024
/** Logs that are read at once, and checked at once, by one process. */
const mostReaders = 4

const processField = field.string('A further process of this node: 1, 2, …; the first one without it.', {
  maxLength: 2,
})
const fields = {
  process: processField,
  before: field.integer('Show lines before this byte: the `next` of the page before.', { minimum: 0 }),
  limit: field.integer(`Show at most this many: ${usualLines} without it, ${mostLines} at most.`, {
    minimum: 1,
  }),
  from: field.string('Lines written then or later, RFC 3339.', { maxLength: 40 }),
  until: field.string('Lines written then or earlier, RFC 3339.', { maxLength: 40 }),
  type: field.string('Either request or response.', { maxLength: 10 }),
  person: field.string('A part of the display name, or the id of an entity.', { maxLength: 512 }),
  path: field.string('A part of the path of the request.', { maxLength: 2048 }),
  operation: field.string('What was done: read, list, create, update, patch or delete.', { maxLength: 20 }),
  outcome: field.string('Either done or failed.', { maxLength: 10 }),
  text: field.string('A text that the line holds as it stands there, such as what sys/audit-hash answers.', {
    maxLength: 512,
  }),
}
type Sent = FieldValues<typeof fields>

const pathOf = (context: SystemContext) => {
  const path = context.params.path ?? ''
  return path.endsWith('/') ? path : `${path}/`
}

const tableOf = async ({ tx }: SystemContext): Promise<AuditTable> =>
  (await tx.get(auditRecords, auditKey)) ?? { devices: [] }

/** Whether a file holds values in clear, of the device that writes it or of one that did before. */
const isInClear = ({ devices, clear = [] }: AuditTable, file: string): boolean =>
  clear.includes(file) || devices.some(({ type, options }) => clearFile(type, options) === file)

/** The log of a device that writes a file here. @throws not_found, invalid_request */
async function sourceOf(broker: Broker, context: SystemContext): Promise<LogSource> {
  const path = pathOf(context)
  const table = await tableOf(context)
  if (!table.devices.some((one) => one.path === path)) fail('not_found')
  const source = broker.source(path)
  if (source === undefined)
    fail('invalid_request', 'this audit device writes no file that could be read here')
  // Values in clear would reach whoever may look at who did what.
  if (isInClear(table, source.file)) {
    fail('invalid_request', 'a log that was ever written with log_raw is read at its machine alone')
  }
  return source
}

function processOf(text = ''): string {
  if (!/^(|0|[1-9]\d?)$/.test(text)) fail('invalid_request', 'process must be a number: 1, 2, …')
  return text === '0' ? '' : text
}

function timeOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  const time = Date.parse(text)
  if (Number.isNaN(time)) fail('invalid_request', `${name} must be a time, such as 2030-01-31T08:00:00Z`)
  return time
}

function oneOf<const Name extends string>(
  field: string,
  text: string | undefined,
  names: readonly Name[],
): Name | undefined {
  if (text === undefined || text === '') return undefined
  return (
    names.find((name) => name === text) ?? fail('invalid_request', `${field} must be ${names.join(' or ')}`)
  )
}

const filterOf = (sent: Sent): LineFilter => ({
  from: timeOf('from', sent.from),
  until: timeOf('until', sent.until),
  type: oneOf('type', sent.type, ['request', 'response']),
  person: sent.person || undefined,
  path: sent.path || undefined,
  operation: sent.operation || undefined,
  outcome: oneOf('outcome', sent.outcome, ['done', 'failed']),
  text: sent.text || undefined,
})

/** Runs work outside of any transaction, for a few at once; `audited` keeps what is read out of the log itself. */
function bounded(what: string, most: number) {
  let running = 0
  return (work: () => Promise<{ data: JsonObject; audited: JsonObject }>): Reply => ({
    afterwards: async (): Promise<NextStep> => {
      if (running >= most) fail('rate_limited', `${what} is under way already, try again in a moment`)
      running++
      try {
        const { data, audited } = await work()
        return () => ({ data, audited })
      } finally {
        running--
      }
    },
  })
}

/** As JSON has it: without what is undefined. */
const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json // came from JSON.stringify

async function health(broker: Broker, context: SystemContext): Promise<Reply> {
  const troubles = new Map(broker.troubles().map(({ path, text }) => [path, text]))
  const table = await tableOf(context)
  return {
    afterwards: async () => {
      const devices = await Promise.all(
        table.devices.map(async ({ path, type, description, options }) => {
          const source = broker.source(path)
          const logs = source === undefined ? [] : await logsOf(source.file)
          return {
            path,
            type,
            description,
            options: { ...options },
            trouble: troubles.get(path) ?? null,
            readable: source !== undefined && !isInClear(table, source.file),
            logs: logs.map(({ process, bytes, modified }) => ({
              process,
              bytes,
              modified: timeText(modified),
            })),
          }
        }),
      )
      return () => ({ data: { devices, public_key: broker.publicKey() } })
    },
  }
}

const lineShape = shape.object({
  offset: shape.integer(),
  bytes: shape.integer(),
  line: shape.orNull(
    shape.string(
      'As it stands in the log, but for `data_hidden`; null for one that is longer than is shown.',
    ),
  ),
})

const findingShape = shape.object({ line: shape.integer(), kind: shape.string(), text: shape.string() })
const headShape = shape.object({
  segment: shape.string(),
  seq: shape.integer(),
  hash: shape.string(),
  time: shape.string(),
})

export function auditLogRoutes(broker: () => Broker) {
  const reading = bounded('reading of logs', mostReaders)
  const checking = bounded('checking of a log', 1)

  async function read(context: SystemContext, sent: Sent): Promise<Reply> {
    const source = await sourceOf(broker(), context)
    const path = processPath(source.file, processOf(sent.process))
    const filter = filterOf(sent)
    const limits = { lines: Math.min(sent.limit ?? usualLines, mostLines) }
    const mounts = await readMounts(context.tx)
    const seen = (line: string) => withoutPersonal(line, mounts)
    return reading(async () => {
      const handle = await openLogFile(path)
      try {
        const { size } = await handle.stat()
        const page = await readPage(handle, Math.min(sent.before ?? size, size), filter, limits, seen)
        const about = { next: page.next ?? null, looked: page.looked, bytes: size }
        const lines = page.lines.map(({ offset, size, text }) => ({
          offset,
          bytes: size,
          line: text ?? null,
        }))
        return { data: { ...about, lines }, audited: { ...about, lines: lines.length } }
      } finally {
        await handle.close()
      }
    })
  }

  async function verify(context: SystemContext, sent: { process?: string | undefined }): Promise<Reply> {
    const source = await sourceOf(broker(), context)
    const process = processOf(sent.process)
    const path = processPath(source.file, process)
    return checking(async () => {
      const handle = await openLogFile(path)
      try {
        const { publicKey, macKey } = source
        const readHead = () => source.readHead(process)
        const parts = { name: 'log', publicKey, macKey, readHead, most: mostChecked }
        const { findings, segments, torn, ...rest } = await verifyFile(handle, parts)
        const data = {
          ...(plain(rest) as JsonObject), // an object stays one
          continues: rest.continues === undefined ? null : { ...rest.continues },
          head: rest.head === undefined ? null : { ...rest.head },
          segments: segments.length,
          torn: torn.length,
          findings: findings.slice(0, mostLines).map(({ line, kind, text }) => ({ line, kind, text })),
          more: rest.more + Math.max(0, findings.length - mostLines),
        }
        return { data, audited: { ok: rest.ok, lines: rest.lines, findings: findings.length } }
      } finally {
        await handle.close()
      }
    })
  }

  return [
    systemRoute({
      path: 'audit-log',
      summary: 'Show how the audit devices are, and which logs they have on this machine.',
      sudo: true,
      answers: {
        read: answer.data(
          shape.object({
            devices: shape.list(
              shape.object({
                path: shape.string(),
                type: shape.string(),
                description: shape.string(),
                options: shape.texts(),
                trouble: shape.orNull(shape.string('Why it takes no lines at the moment.')),
                readable: shape.boolean('Its log can be read through the API.'),
                logs: shape.list(
                  shape.object({
                    process: shape.string('Empty for the first process.'),
                    bytes: shape.integer(),
                    modified: shape.time(),
                  }),
                ),
              }),
            ),
            public_key: shape.string('PEM; checks the signatures of all logs of the cluster.'),
          }),
        ),
      },
      operations: { read: (context) => health(broker(), context) },
    }),
    systemRoute({
      path: 'audit-log/{path+}',
      summary: 'Read the log of an audit device on this machine, the newest lines first.',
      description:
        'Only the files that the device writes itself: of this node, by process. One answer looks at 32 MiB at most ' +
        'and shows 1 MiB; it may show nothing and still have a `next`, to be sent as `before`. A line of more than ' +
        '64 KiB is not shown. In place of the data of requests and answers about people’s spaces and cubbyholes, of ' +
        'batches and of what is wrapped stands `data_hidden`. The audit log records who asked for what, and how many lines were shown, not the lines.',
      fields,
      sudo: true,
      answers: {
        read: answer.data(
          shape.object({
            lines: shape.list(lineShape),
            next: shape.orNull(shape.integer()),
            looked: shape.integer('Bytes that were looked at.'),
            bytes: shape.integer('Of the whole log.'),
          }),
        ),
      },
      operations: { read },
    }),
    systemRoute({
      path: 'audit-verify/{path+}',
      summary:
        'Check that no line of the log of an audit device on this machine was changed, removed or cut off.',
      description:
        'As `coffer audit verify` does, and with what only the server has: the key that confirms lines behind the ' +
        'last signature, and the head up to which the log has to reach. Of a log of more than 256 MiB the end is ' +
        'checked, from byte `from` on. One log is checked at a time.',
      fields: { process: processField },
      sudo: true,
      answers: {
        read: answer.data(
          shape.object({
            ok: shape.boolean(),
            findings: shape.list(findingShape),
            more: shape.integer('Findings that are not shown.'),
            lines: shape.integer(),
            segments: shape.integer('How often a process began to write.'),
            signatures: shape.integer(),
            unsigned: shape.integer('Lines at the end that no signature covers yet.'),
            torn: shape.integer('Unfinished lines that a crash left, and that the log tells of.'),
            unchained: shape.integer(),
            continues: shape.orNull(shape.object({ segment: shape.string(), seq: shape.integer() })),
            head: shape.orNull(headShape),
            from: shape.integer('The byte where the checking began.'),
            bytes: shape.integer('Bytes that were checked.'),
          }),
        ),
      },
      operations: { read: verify },
    }),
  ]
}
