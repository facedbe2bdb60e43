import type { Broker } from '../../audit/broker.ts'
import { clearFile, deviceOptions } from '../../audit/options.ts'
import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { readMounts } from '../../backend/mounts/mount-table.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import {
  type AuditEntry,
  type AuditTable,
  auditKey,
  auditRecords,
  withClearFile,
} from '../../backend/settings/audit-table.ts'
import { fail } from '../../base/errors.ts'

const fields = {
  type: field.string('file, socket or syslog.'),
  description: field.string('For people.', { maxLength: 4096 }),
  options: field.map('Options of the type, such as file_path.'),
  local: field.boolean('Kept for clients.'),
}

const none: AuditTable = { devices: [] }
/** Files that were ever written in clear. */
const mostClear = 100

async function table({ tx }: SystemContext): Promise<AuditTable> {
  return (await tx.get(auditRecords, auditKey)) ?? none
}

const pathOf = (context: SystemContext) => {
  const path = context.params.path ?? ''
  return path.endsWith('/') ? path : `${path}/`
}

const shown = ({ path, type, description, options, local }: AuditEntry) => ({
  path,
  type,
  description,
  options: { ...options },
  local,
})

/** By their paths. */
const devicesShape = shape.map(
  shape.object({
    description: shape.string(),
    local: shape.boolean(),
    options: shape.texts(),
    path: shape.string(),
    type: shape.string(),
  }),
)

export function auditRoutes(broker: () => Broker) {
  async function enable(context: SystemContext, sent: FieldValues<typeof fields>): Promise<Reply> {
    const path = pathOf(context)
    const { devices, ...rest } = await table(context)
    if (devices.some((device) => device.path === path)) fail('invalid_request', 'path already in use')
    const type = sent.type ?? ''
    const { hasSpaces } = await readMounts(context.tx)
    if (hasSpaces && deviceOptions(type, sent.options ?? {}).render.raw) {
      fail(
        'invalid_request',
        "log_raw is not taken while there are spaces: it would show people's tokens and secrets",
      )
    }
    const clear = clearFile(type, sent.options ?? {})
    if (clear !== undefined && (rest.clear?.length ?? 0) >= mostClear) {
      fail('invalid_request', `${mostClear} files were written with log_raw already: use no further ones`)
    }
    const entry: AuditEntry = {
      path,
      type,
      uuid: context.random.uuid(),
      description: sent.description ?? '',
      local: sent.local ?? false,
      options: sent.options ?? {},
    }
    // Opened and tried before its row is stored; the next request's reading of the row takes it over.
    await broker().enable({ ...entry, version: entry.uuid })
    const changed = withClearFile({ ...rest, devices: [...devices, entry] }, clear)
    context.tx.put(auditRecords, auditKey, changed)
    return {}
  }

  return [
    systemRoute({
      path: 'audit',
      summary: 'Show the audit devices.',
      sudo: true,
      answers: { read: answer.flat(devicesShape) },
      operations: {
        read: async (context) => {
          const { devices } = await table(context)
          return {
            data: Object.fromEntries(devices.map((device) => [device.path, shown(device)])),
            flatten: true,
          }
        },
      },
    }),
    systemRoute({
      path: 'audit/{path+}',
      summary: 'Enable and disable an audit device.',
      fields,
      sudo: true,
      operations: {
        update: enable,
        delete: async (context) => {
          const { devices, ...rest } = await table(context)
          const left = devices.filter((device) => device.path !== pathOf(context))
          if (left.length < devices.length) context.tx.put(auditRecords, auditKey, { ...rest, devices: left })
          return {}
        },
      },
    }),
    systemRoute({
      path: 'audit-hash/{path+}',
      summary: 'What an audit device writes in place of a text.',
      fields: { input: field.string('The text.') },
      answers: { write: answer.flat(shape.object({ hash: shape.string() })) },
      operations: {
        update: (context, { input }) => {
          if (input === undefined || input === '') fail('invalid_request', 'the "input" parameter is empty')
          return { data: { hash: broker().hash(pathOf(context), input) }, flatten: true }
        },
      },
    }),
  ]
}
