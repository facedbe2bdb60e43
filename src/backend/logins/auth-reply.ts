import type { CreatedToken } from '../../token/create.ts'
import type { AuthReply } from '../message.ts'

/** The `auth` part of an answer for a token that was just made. */
export function authReply(
  { id, record, lease }: CreatedToken,
  type: 'service' | 'batch',
  identityPolicies: readonly string[],
  orphan: boolean,
): AuthReply {
  const policies = [...new Set([...record.policies, ...identityPolicies])].sort()
  return {
    client_token: id,
    accessor: record.accessor,
    policies,
    token_policies: record.policies,
    ...(identityPolicies.length > 0 ? { identity_policies: identityPolicies } : {}),
    metadata: record.meta,
    lease_duration: lease?.ttl ?? 0,
    renewable: record.renewable,
    entity_id: record.entityId,
    token_type: type,
    orphan,
    mfa_requirement: null,
    num_uses: record.numUses,
  }
}
