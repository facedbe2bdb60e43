import type { ApiRequest, Operation, Reply } from '../../../backend/message.ts'
import { mountsKey, mountTables, readMounts } from '../../../backend/mounts/mount-table.ts'
import { auditKey, auditRecords } from '../../../backend/settings/audit-table.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../base/json/json.ts'
import { type Ground, transact } from '../../../transaction/transaction.ts'
import type { Entry, Recorder } from './recorder.ts'

/**
 * Carries out a request to an open route of an unsealed node between its two entries of the audit log, as
 * any other request. The routes that open the seal and make root tokens get nothing else from a token or a
 * policy, so the log is what shows their use.
 *
 * @throws audit_failed, and nothing was carried out, when no device takes the first entry
 */
export type OpenAudit = (
  request: ApiRequest,
  operation: Operation,
  carryOut: () => Promise<Reply>,
) => Promise<Reply>

/**
 * Writes the entries by the recorder, to the devices that the store has at that moment.
 *
 * @param ground asked at each request, since a node that is sealed has none
 */
export function createOpenAudit(ground: () => Ground, recorder: Recorder): OpenAudit {
  return async (request, operation, carryOut) => {
    const said = { ...request, token: undefined, fields: withoutSecrets(request.fields) }
    let entry: Entry | undefined
    try {
      await transact(ground, async (tx) => {
        await tx.fetch([
          { kind: mountTables, key: mountsKey },
          { kind: auditRecords, key: auditKey },
        ])
        recorder.configure(await tx.get(auditRecords, auditKey), await readMounts(tx))
      })
      entry = recorder.request(said, { operation })
      await entry.written
      const reply = await carryOut()
      await recorder.response(entry, { data: withoutSecrets(reply.bare ?? {}) }, undefined)
      return reply
    } catch (error) {
      await recorder.response(entry ?? recorder.refused(said, { operation }, error), undefined, error)
      throw error
    }
  }
}

const shownTexts = ['nonce', 'verification_nonce']

/** Shares, one-time passwords and root tokens stay out of the log, hashed too. */
function withoutSecrets(fields: Json): JsonObject {
  if (!isJsonObject(fields)) return {}
  const isShown = (name: string, value: Json) =>
    typeof value === 'boolean' ||
    typeof value === 'number' ||
    (typeof value === 'string' && shownTexts.includes(name))
  return Object.fromEntries(Object.entries(fields).filter(([name, value]) => isShown(name, value)))
}
