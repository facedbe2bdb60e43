import type { AuditCaller, AuditMount, AuditRequest, AuditResponse, AuditToken, AuditWrap } from '../entry.ts'
import type { Hasher } from './hasher.ts'
import { createMasker, mostUnknownData } from './mask.ts'
import { inOnePiece, quote, quoteList } from './quote.ts'

export type RenderOptions = {
  /** `log_raw`: show everything in clear. */
  readonly raw: boolean
  /** Whether accessors are hashed. */
  readonly hmacAccessor: boolean
  /** `elide_list_responses`: show how many names a list answered instead of the names. */
  readonly elideListResponses: boolean
}

/**
 * Turns entries into lines in Vault's shape. What it returns is a JSON object **without its closing brace**,
 * so that the chain can put its field at the end.
 */
export type Renderer = {
  request(time: number, entry: AuditRequest, error?: string): string
  response(time: number, entry: AuditRequest, response: AuditResponse, error?: string): string
  /** The line that shows, when a device is enabled, that it can be written. */
  test(time: number, id: string): string
}

/** What a token contributes to a line, in the order in which a line shows it. */
type TokenParts = {
  /** From `client_token` to `display_name`. */
  readonly head: string
  /** `policies` and `token_policies` of a caller without identity policies. */
  readonly policies: string
  readonly metadata: string
  /** From `entity_id` to the end. */
  readonly tail: string
  /** In `request`: from `client_token` to the name of `path`. */
  readonly request: string
}

type MountParts = { readonly request: string; readonly response: string }

/**
 * Lines are put together from parts that are remembered by token and by mount, so that a warm read costs two
 * small string joins and no hashing.
 */
export function createRenderer(hasher: Hasher, options: RenderOptions): Renderer {
  const { raw, hmacAccessor, elideListResponses } = options
  const masker = createMasker(hasher, raw)
  const tokens = new WeakMap<AuditToken, TokenParts>()
  const mounts = new WeakMap<AuditMount, MountParts>()
  const timeText = createTimeText()
  const verdictTextOf = createVerdictText()

  const secret = (text: string) => (raw ? quote(text) : `"${hasher.remembered(text)}"`)
  const accessorText = (text: string) => (raw || !hmacAccessor ? quote(text) : `"${hasher.remembered(text)}"`)

  function tokenParts(token: AuditToken): TokenParts {
    const known = tokens.get(token)
    if (known !== undefined) return known
    const clientToken = token.token === '' ? '' : secret(token.token)
    const accessor = token.accessor === '' ? '' : accessorText(token.accessor)
    const { metadata, ttl, issued } = token
    const head = optional('client_token', clientToken) + optional('accessor', accessor)
    const names = `"policies":${quoteList(token.policies)},"token_policies":${quoteList(token.policies)},`
    const noDefault = token.noDefaultPolicy ? '"no_default_policy":true,' : ''
    const lifetime = ttl > 0 ? `,"token_ttl":${ttl}` : ''
    const issue = issued === undefined ? '' : `,"token_issue_time":"${seconds(issued)}"`
    const parts: TokenParts = {
      head: inOnePiece(head + text('display_name', token.displayName)),
      policies: inOnePiece((token.policies.length === 0 ? '' : names) + noDefault),
      metadata: inOnePiece(
        metadata === null || Object.keys(metadata).length === 0 ? '' : `"metadata":${record(metadata)},`,
      ),
      tail: inOnePiece(`${text('entity_id', token.entityId)}"token_type":"${token.type}"${lifetime}${issue}`),
      request: inOnePiece(
        `${optional('client_token', clientToken)}${optional('client_token_accessor', accessor)}${place}`,
      ),
    }
    tokens.set(token, parts)
    return parts
  }

  function mountParts(mount: AuditMount): MountParts {
    const known = mounts.get(mount)
    if (known !== undefined) return known
    const { point, type, accessor, version } = mount
    const head = text('mount_point', point) + text('mount_type', type) + text('mount_accessor', accessor)
    const tail = `"mount_class":"${mount.class}"`
    const parts = {
      request: inOnePiece(`${head}${text('mount_running_version', version)}${tail},`),
      // Vault's lines call the version differently in the two places.
      response: inOnePiece(`${head}${text('mount_running_plugin_version', version)}${tail},`),
    }
    mounts.set(mount, parts)
    return parts
  }

  function policiesText({ token, identityPolicies }: AuditCaller, parts: TokenParts): string {
    if (identityPolicies.length === 0) return parts.policies
    const all = [...new Set([...token.policies, ...identityPolicies])].sort()
    return (
      `"policies":${quoteList(all)},` +
      (token.policies.length === 0 ? '' : `"token_policies":${quoteList(token.policies)},`) +
      `"identity_policies":${quoteList(identityPolicies)},` +
      (token.noDefaultPolicy ? '"no_default_policy":true,' : '')
    )
  }

  function authText({ caller, verdict }: AuditRequest): string {
    const results = verdict === undefined ? '' : verdictTextOf(verdict)
    if (caller === undefined) return `{${results}"token_type":"default"}`
    const parts = tokenParts(caller.token)
    const uses = caller.remainingUses ? `"remaining_uses":${caller.remainingUses},` : ''
    return `{${parts.head}${policiesText(caller, parts)}${results}${parts.metadata}${uses}${parts.tail}}`
  }

  function requestText(entry: AuditRequest): string {
    const { mount, caller, data, remote, headers } = entry
    let line = `{"id":${quote(entry.id)},`
    if (entry.clientId) line += `"client_id":${quote(entry.clientId)},`
    line += `"operation":"${entry.operation}",`
    if (mount !== undefined) line += mountParts(mount).request
    if (caller !== undefined) line += tokenParts(caller.token).request
    else {
      // Not remembered: whoever tries tokens would fill the memory with them.
      const refused = entry.refusedToken
      if (refused) line += `"client_token":${raw ? quote(refused) : `"${hasher.hash(refused)}"`},`
      line += place
    }
    line += quote(entry.path)
    if (data !== undefined && hasFields(data)) {
      const most = entry.isKnown === true ? undefined : mostUnknownData
      line += `,${masker.remembered(data, { clear: mount?.clearRequestKeys, most })}`
    }
    if (remote !== undefined)
      line += `,"remote_address":${quote(remote.address)},"remote_port":${remote.port}`
    if (entry.wrapTtl) line += `,"wrap_ttl":${entry.wrapTtl}`
    if (headers !== undefined) {
      line += `,"headers":{${headers.map(({ name, values, hmac }) => `${quote(name)}:[${values.map((value) => (hmac && !raw ? `"${hasher.hash(value)}"` : quote(value))).join(',')}]`).join(',')}}`
    }
    if (entry.certificateSerial)
      line += `,"client_certificate_serial_number":${quote(entry.certificateSerial)}`
    return `${line}}`
  }

  function responseText({ operation, mount }: AuditRequest, response: AuditResponse): string {
    const { auth, data, encoded, wrap, warnings } = response
    const isList = operation === 'list' || operation === 'scan'
    const masking = { clear: mount?.clearResponseKeys, elide: isList && elideListResponses, names: isList }
    let line = ''
    if (auth !== undefined) {
      const parts = tokenParts(auth.token)
      const uses = auth.numUses ? `"num_uses":${auth.numUses},` : ''
      line += `"auth":{${parts.head}${policiesText(auth, parts)}${parts.metadata}${uses}${parts.tail}},`
    }
    if (mount !== undefined) line += mountParts(mount).response
    if (response.leaseId !== undefined) {
      line += response.leaseId === '' ? '"secret":{},' : `"secret":{"lease_id":${quote(response.leaseId)}},`
    }
    if (encoded !== undefined) line += `${masker.encoded(encoded, masking)},`
    else if (data !== undefined && hasFields(data)) line += `${masker.object(data, masking)},`
    if (warnings !== undefined && warnings.length > 0)
      line += `"warnings":${quoteList(warnings.map(shortened))},`
    if (wrap !== undefined) line += `"wrap_info":${wrapText(wrap)},`
    return `{${line.slice(0, -1)}}`
  }

  function wrapText(wrap: AuditWrap): string {
    const wrapped = wrap.wrappedAccessor
    return (
      `{"ttl":${wrap.ttl},"token":${secret(wrap.token)},"accessor":${accessorText(wrap.accessor)},` +
      `"creation_time":${quote(wrap.creationTime)},"creation_path":${quote(wrap.creationPath)}` +
      `${wrapped ? `,"wrapped_accessor":${accessorText(wrapped)}` : ''}}`
    )
  }

  return {
    request: (time, entry, error) =>
      `{"time":"${timeText(time)}","type":"request","auth":${authText(entry)},"request":${requestText(entry)}${errorText(error)}`,
    response: (time, entry, response, error) =>
      `{"time":"${timeText(time)}","type":"response","auth":${authText(entry)},"request":${requestText(entry)},"response":${responseText(entry, response)}${errorText(error)}`,
    test: (time, id) =>
      `{"time":"${timeText(time)}","type":"request","auth":{"token_type":"default"},"request":{"id":${quote(id)},"operation":"update","namespace":{"id":"root"},"path":"sys/audit/test"}`,
  }
}

const place = '"namespace":{"id":"root"},"path":'

/** Errors and warnings may quote what a client sent. */
const mostText = 4096
const shortened = (text: string) => (text.length > mostText ? `${text.slice(0, mostText)}…` : text)

const errorText = (error: string | undefined) =>
  error === undefined ? '' : `,"error":${quote(shortened(error))}`

const optional = (name: string, json: string) => (json === '' ? '' : `"${name}":${json},`)

const text = (name: string, value: string) => (value === '' ? '' : `"${name}":${quote(value)},`)

type Verdict = NonNullable<AuditRequest['verdict']>

const maxVerdicts = 1000

/** Most requests are allowed by one policy, and by few different ones. */
function createVerdictText(): (verdict: Verdict) => string {
  const known = new Map<string, string>()
  return (verdict) => {
    const [only] = verdict.granting
    if (only === undefined || verdict.granting.length > 1) return verdictText(verdict)
    const before = known.get(only)
    if (before !== undefined && verdict.allowed) return before
    const text = inOnePiece(verdictText(verdict))
    if (known.size >= maxVerdicts) known.clear()
    if (verdict.allowed) known.set(only, text)
    return text
  }
}

function verdictText({ allowed, granting }: Verdict): string {
  if (granting.length === 0) return `"policy_results":{"allowed":${allowed}},`
  const names = granting.map((name) => `{"name":${quote(name)},"namespace_id":"root","type":"acl"}`)
  return `"policy_results":{"allowed":${allowed},"granting_policies":[${names.join(',')}]},`
}

const record = (map: Readonly<Record<string, string>>): string =>
  `{${Object.entries(map)
    .map(([name, value]) => `${quote(name)}:${quote(value)}`)
    .join(',')}}`

function hasFields(data: object): boolean {
  for (const _ in data) return true
  return false
}

/** RFC 3339 in whole seconds. */
const seconds = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`

/** Many lines fall into one millisecond, and `toISOString` costs half a microsecond. */
function createTimeText(): (time: number) => string {
  let last = Number.NaN
  let lastText = ''
  return (time) => {
    if (time !== last) {
      last = time
      lastText = new Date(time).toISOString()
    }
    return lastText
  }
}
