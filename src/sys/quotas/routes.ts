import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { mountPoint } from '../../backend/mounts/mount.ts'
import { type MountTable, readMounts } from '../../backend/mounts/mount-table.ts'
import { type RateLimit, readQuotas, writeQuotas } from '../../backend/quotas/table.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'

const maxLimits = 1_000

const text = { maxLength: 2_048 }
const fields = {
  rate: field.number('Requests of a client in an interval.'),
  path: field.string('The mount, or a path in it that may end in "*"; empty for all requests.', text),
  interval: field.duration('1 s unless said otherwise.', { maximum: 31_536_000 }),
  block_interval: field.duration('How long a client that asked too often is refused.', {
    maximum: 31_536_000,
  }),
  group_by: field.string('ip or none.'),
  role: field.string('Not taken: limits are for paths.'),
  inheritable: field.boolean('Kept for clients: there are no namespaces below this one.'),
  type: field.string('rate-limit.'),
  name: field.string('As in the path.'),
}
type Sent = FieldValues<typeof fields>

/** The path of a limit as its mount is called now; undefined when the mount is gone. */
function pathOf({ mount, inside }: RateLimit, mounts: MountTable): string | undefined {
  if (mount === '') return ''
  const found = mounts.byUuid(mount)
  return found === undefined ? undefined : mountPoint(found) + inside
}

/** The limits whose mounts are still there; what was for a removed one goes with the next write. */
async function present({ tx }: SystemContext) {
  const table = await readQuotas(tx)
  const mounts = await readMounts(tx)
  const limits = table.limits.flatMap((limit) => {
    const path = pathOf(limit, mounts)
    return path === undefined ? [] : [{ limit, path }]
  })
  return { config: table.config, mounts, limits }
}

const nameOf = ({ params: { name = '' } }: SystemContext) =>
  /^\w(?:[\w.-]{0,126}\w)?$/.test(name)
    ? name
    : fail(
        'invalid_request',
        'a name has up to 128 letters, digits, "_", "-" and ".", and ends in none of the last two',
      )

function target(path: string, mounts: MountTable): Pick<RateLimit, 'mount' | 'inside'> {
  const plain = path.startsWith('/') ? path.slice(1) : path
  if (plain === '') return { mount: '', inside: '' }
  const mount = mounts.find(plain)
  if (mount === undefined) fail('invalid_request', `invalid mount path ${JSON.stringify(path)}`)
  const inside = plain.slice(mountPoint(mount).length)
  if (inside.slice(0, -1).includes('*')) fail('invalid_request', 'only the end of path may be "*"')
  return { mount: mount.uuid, inside: inside.endsWith('/') ? inside.slice(0, -1) : inside }
}

function groupBy(sent: string | undefined): RateLimit['groupBy'] {
  if (sent === undefined || sent === '' || sent === 'ip') return 'ip'
  if (sent === 'none') return 'none'
  return fail('invalid_request', 'group_by must be "ip" or "none": limits come before the token is looked at')
}

async function write(context: SystemContext, sent: Sent): Promise<Reply> {
  const name = nameOf(context)
  const { rate = 0, interval = 0, block_interval: blockInterval = 0, path = '' } = sent
  if (!(rate > 0 && rate <= Number.MAX_SAFE_INTEGER)) fail('invalid_request', "'rate' is invalid")
  if (interval < 0) fail('invalid_request', "'interval' is invalid")
  if (blockInterval < 0) fail('invalid_request', "'block' is invalid")
  if (sent.type !== undefined && sent.type !== 'rate-limit')
    fail('invalid_request', '\'type\' must be "rate-limit"')
  if (sent.role !== undefined && sent.role !== '') {
    fail('invalid_request', 'limits for a role are not offered: name the path of the login instead')
  }
  const { config, mounts, limits } = await present(context)
  const { mount, inside } = target(path, mounts)
  const others = limits.map(({ limit }) => limit).filter((limit) => limit.name !== name)
  const same = others.find((other) => other.mount === mount && other.inside === inside)
  if (same !== undefined) {
    fail(
      'invalid_request',
      `quota rule with similar properties exists under the name ${JSON.stringify(same.name)}`,
    )
  }
  if (others.length >= maxLimits) fail('invalid_request', `there are ${maxLimits} limits already`)
  const limit: RateLimit = {
    name,
    id: context.random.uuid(),
    mount,
    inside,
    rate,
    interval: interval === 0 ? 1 : interval,
    blockInterval,
    groupBy: groupBy(sent.group_by),
  }
  await writeQuotas(context.tx, { config, limits: [...others, limit] })
  return {}
}

async function read(context: SystemContext): Promise<Reply> {
  const { limits } = await present(context)
  const found = limits.find(({ limit }) => limit.name === context.params.name)
  if (found === undefined) fail('not_found')
  const { limit, path } = found
  const data: JsonObject = {
    type: 'rate-limit',
    name: limit.name,
    path,
    role: '',
    rate: limit.rate,
    interval: limit.interval,
    block_interval: limit.blockInterval,
    group_by: limit.groupBy,
    inheritable: limit.mount === '',
  }
  return { data }
}

async function remove(context: SystemContext): Promise<Reply> {
  const { config, limits } = await present(context)
  const left = limits.map(({ limit }) => limit).filter(({ name }) => name !== context.params.name)
  if (left.length < limits.length) await writeQuotas(context.tx, { config, limits: left })
  return {}
}

const configFields = {
  enable_rate_limit_audit_logging: field.boolean('Record refused requests in the audit log.'),
  enable_rate_limit_response_headers: field.boolean('Tell clients where they stand.'),
  rate_limit_exempt_paths: field.list('Paths that are not limited; "*" at the end stands for anything.', {
    maxItems: 100,
    items: { type: 'string', maxLength: 2_048 },
  }),
}

async function configure({ tx }: SystemContext, sent: FieldValues<typeof configFields>): Promise<Reply> {
  const { limits } = await readQuotas(tx)
  const config = {
    auditLogging: sent.enable_rate_limit_audit_logging ?? false,
    responseHeaders: sent.enable_rate_limit_response_headers ?? false,
    exemptPaths: sent.rate_limit_exempt_paths ?? [],
  }
  await writeQuotas(tx, { config, limits })
  return {}
}

const noLeaseCounts = () =>
  fail('unsupported_path', 'lease count quotas are not offered: use rate-limit quotas and shorter TTLs')

export const quotaRoutes = [
  systemRoute({
    path: 'quotas/config',
    summary: 'Read and write what holds for all quotas.',
    fields: configFields,
    answers: {
      read: answer.data(
        shape.object({
          enable_rate_limit_audit_logging: shape.boolean(),
          enable_rate_limit_response_headers: shape.boolean(),
          rate_limit_exempt_paths: shape.strings(),
        }),
      ),
    },
    operations: {
      read: async ({ tx }) => {
        const { config } = await readQuotas(tx)
        return {
          data: {
            enable_rate_limit_audit_logging: config.auditLogging,
            enable_rate_limit_response_headers: config.responseHeaders,
            rate_limit_exempt_paths: [...config.exemptPaths],
          },
        }
      },
      update: configure,
    },
  }),
  systemRoute({
    path: 'quotas/rate-limit',
    summary: 'List the rate limits.',
    operations: {},
    list: async (context) => {
      const names = (await present(context)).limits.map(({ limit }) => limit.name)
      return names.length === 0 ? fail('not_found') : { data: { keys: names.sort() } }
    },
  }),
  systemRoute({
    path: 'quotas/rate-limit/{name}',
    summary: 'Read, write and delete a rate limit.',
    fields,
    answers: {
      read: answer.data(
        shape.object({
          block_interval: shape.seconds(),
          group_by: shape.string(),
          inheritable: shape.boolean(),
          interval: shape.seconds(),
          name: shape.string(),
          path: shape.string(),
          rate: shape.number(),
          role: shape.string(),
          type: shape.string(),
        }),
      ),
    },
    operations: { read, update: write, delete: remove },
  }),
  systemRoute({
    path: 'quotas/lease-count/{name}',
    summary: 'Kept for clients: there are no quotas of leases.',
    answers: { read: answer.refusal, write: answer.refusal, delete: answer.refusal },
    operations: { read: noLeaseCounts, update: noLeaseCounts, delete: noLeaseCounts },
  }),
]
