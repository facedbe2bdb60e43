import type { Answer } from '../answer.ts'
import type { Client } from '../calls.ts'

export type LeasesApi = {
  lookup(id: string): Promise<Answer>
  /** @param increment seconds or a duration; absent, the lease's own */
  renew(id: string, increment?: string): Promise<Answer>
  /** @param sync whether the answer waits until it is done, where a server puts revocations off */
  revoke(id: string, sync: boolean): Promise<Answer>
  /** All below a path. */
  revokePrefix(prefix: string, sync: boolean): Promise<Answer>
  /** The same, also where an engine cannot take back what it gave out. */
  revokeForce(prefix: string): Promise<Answer>
}

export const leasesApi = (client: Client): LeasesApi => ({
  lookup: (lease_id) => client.replace('sys/leases/lookup', { lease_id }),
  renew: (lease_id, increment) =>
    client.write('sys/leases/renew', { lease_id, ...(increment !== undefined && { increment }) }),
  revoke: (lease_id, sync) => client.replace('sys/leases/revoke', { lease_id, ...(sync && { sync }) }),
  revokePrefix: (prefix, sync) =>
    client.replace(`sys/leases/revoke-prefix/${prefix}`, { ...(sync && { sync }) }),
  revokeForce: (prefix) => client.replace(`sys/leases/revoke-force/${prefix}`),
})
