import type { Broker, DeviceRow } from '../../../audit/broker.ts'
import type {
  AuditCaller,
  AuditMount,
  AuditRequest,
  AuditResponse,
  AuditToken,
} from '../../../audit/entry.ts'
import { auditHeaders } from '../../../audit/entry.ts'
import type { Caller } from '../../../backend/context.ts'
import {
  type ApiRequest,
  type AuthReply,
  EncodedJson,
  type Operation,
  type Reply,
} from '../../../backend/message.ts'
import { type Mount, mountPoint } from '../../../backend/mounts/mount.ts'
import { type MountTable, mayShowValues } from '../../../backend/mounts/mount-table.ts'
import type { AuditEntry, AuditTable } from '../../../backend/settings/audit-table.ts'
import { CofferError, isFailure } from '../../../base/errors.ts'
import type { Verdict as PolicyVerdict } from '../../../policy/acl.ts'
import type { TokenRecord } from '../../../token/record.ts'
import type { Target } from '../locate.ts'

/** A request that is on its way into the audit log: what was said, and when it is written. */
export type Entry = {
  readonly said: AuditRequest
  readonly written: Promise<void>
  /** Takes the answer too, even when the request has sealed the node. */
  readonly broker: Broker
}

/** What the pipeline has found out about a request so far. */
export type Known = {
  operation: Operation
  target?: Target | undefined
  caller?: Caller | undefined
  verdict?: Verdict | undefined
}

export type Verdict = Pick<PolicyVerdict, 'allowed' | 'granting'> & Partial<Pick<PolicyVerdict, 'reason'>>

/** Turns requests and replies into entries of the audit devices. */
export type Recorder = {
  /** Takes the devices and the mounts as of one instant. */
  configure(table: AuditTable | undefined, mounts: MountTable): void
  /**
   * Hands over the entry of a request. What changes something waits for `written` before it is carried out.
   *
   * @param error why it is refused
   */
  request(request: ApiRequest, known: Known, error?: unknown): Entry
  /**
   * The same for a request that failed without an entry, on the devices that are open. Undefined on a node
   * that was sealed meanwhile, which has none.
   */
  refused(request: ApiRequest, known: Known, error: unknown): Entry | undefined
  /** Writes the entry of the answer. Resolves when both entries are written. */
  response(entry: Entry | undefined, reply: Reply | undefined, error: unknown): Promise<void>
}

/** @param failed told of entries that no device took */
export function createRecorder(
  broker: () => Broker,
  version: string,
  failed: (entry: 'request' | 'response') => void,
): Recorder {
  let rows = new WeakMap<AuditTable, readonly DeviceRow[]>()
  const tokens = new WeakMap<TokenRecord, AuditToken>()
  let mounts = new WeakMap<Mount, AuditMount>()
  /** Nothing is shown in clear before it is known that it may be. */
  let hasSpaces = true
  let configured: Broker | undefined
  let present: AuditTable | undefined

  function tokenOf({ id, token: { record, type } }: Caller): AuditToken {
    const known = tokens.get(record)
    // Two texts never share a record, but a batch token's record is parsed anew each time.
    if (known !== undefined && known.token === id) return known
    const token: AuditToken = {
      token: id,
      accessor: record.accessor,
      displayName: record.displayName,
      policies: record.policies,
      metadata: record.meta,
      entityId: record.entityId,
      type,
      ttl: record.creationTtl,
      issued: record.created,
      noDefaultPolicy: !record.policies.includes('default') && !record.policies.includes('root'),
    }
    tokens.set(record, token)
    return token
  }

  function mountOf(mount: Mount): AuditMount {
    const known = mounts.get(mount)
    if (known !== undefined) return known
    const clear = mayShowValues({ hasSpaces }, mount)
    const made: AuditMount = {
      point: mountPoint(mount),
      type: mount.type,
      accessor: mount.accessor,
      version,
      class: mount.table,
      clearRequestKeys: clear ? mount.config.auditNonHmacRequestKeys : undefined,
      clearResponseKeys: clear ? mount.config.auditNonHmacResponseKeys : undefined,
    }
    mounts.set(mount, made)
    return made
  }

  const callerOf = (caller: Caller): AuditCaller => ({
    token: tokenOf(caller),
    identityPolicies: caller.identityPolicies,
    ...(caller.token.usesLeft > 0 ? { remainingUses: caller.token.usesLeft } : {}),
  })

  const recorder: Recorder = {
    configure(table, known) {
      const live = broker()
      if (known.hasSpaces !== hasSpaces) {
        hasSpaces = known.hasSpaces
        mounts = new WeakMap()
        rows = new WeakMap()
        present = undefined
        configured = undefined
      }
      if (table === present && live === configured) return
      present = table
      configured = live
      if (table === undefined) return live.configure([])
      let devices = rows.get(table)
      if (devices === undefined) {
        devices = table.devices.map((device) => deviceRow(device, hasSpaces))
        rows.set(table, devices)
      }
      live.configure(devices)
    },

    request(request, { operation, target, caller, verdict }, error) {
      const headers =
        present?.headers === undefined ? undefined : auditHeaders(new Map(present.headers), request.headers)
      const said: AuditRequest = {
        id: request.id,
        operation,
        path: request.path,
        mount: target === undefined ? undefined : mountOf(target.mount),
        caller: caller === undefined ? undefined : callerOf(caller),
        refusedToken:
          caller === undefined && target?.route?.unauthenticated !== true ? request.token : undefined,
        verdict,
        isKnown: caller !== undefined && verdict?.allowed === true,
        data: request.fields,
        remote: request.remote,
        certificateSerial: request.remote.certificate?.()?.serialNumber,
        wrapTtl: request.wrapTtl,
        headers,
      }
      const live = broker()
      const written = live.logRequest(said, error === undefined ? undefined : textOf(error))
      // Whoever waits for it sees the failure; one that is not waited for is seen with the answer's entry.
      written.catch(() => failed('request'))
      return { said, written, broker: live }
    },

    refused(request, known, error) {
      try {
        return recorder.request(request, known, error)
      } catch (failure) {
        if (isFailure(failure, 'sealed')) return undefined
        throw failure
      }
    },

    async response(entry, reply, error) {
      if (entry === undefined) return
      const answered = entry.broker.logResponse(
        entry.said,
        reply === undefined ? {} : responseOf(reply),
        error === undefined ? undefined : textOf(error),
      )
      answered.catch(() => failed('response'))
      await entry.written
      await answered
    },
  }
  return recorder
}

/** Where there are spaces, no device shows everything in clear, whenever it was made. */
function deviceRow(device: AuditEntry, hasSpaces: boolean): DeviceRow {
  const { log_raw: raw, ...options } = device.options
  return hasSpaces && raw !== undefined
    ? { ...device, options, version: `${device.uuid} hashed` }
    : { ...device, version: device.uuid }
}

const textOf = (error: unknown): string =>
  error instanceof CofferError ? error.message || error.code.replaceAll('_', ' ') : 'internal error'

function responseOf(reply: Reply): AuditResponse {
  const { auth, wrap, warnings, leaseId, audited } = reply
  const data = audited ?? reply.data
  return {
    ...(auth === undefined ? {} : { auth: authOf(auth) }),
    ...(data instanceof EncodedJson ? { encoded: data } : data == null ? {} : { data }),
    ...(leaseId === undefined ? {} : { leaseId }),
    ...(warnings === undefined ? {} : { warnings }),
    ...(wrap === undefined
      ? {}
      : {
          wrap: {
            ttl: wrap.ttl,
            token: wrap.token,
            accessor: wrap.accessor,
            creationTime: wrap.creation_time,
            creationPath: wrap.creation_path,
            wrappedAccessor: wrap.wrapped_accessor,
          },
        }),
  }
}

function authOf(auth: AuthReply): NonNullable<AuditResponse['auth']> {
  return {
    token: {
      token: auth.client_token,
      accessor: auth.accessor,
      displayName: '',
      policies: auth.token_policies,
      metadata: auth.metadata,
      entityId: auth.entity_id,
      type: auth.token_type,
      ttl: auth.lease_duration,
    },
    identityPolicies: auth.identity_policies ?? [],
    numUses: auth.num_uses,
  }
}
