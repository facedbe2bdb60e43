import type { Outgoing } from './outgoing.ts'

/** What these answer or change is a matter of one node, so that another one's word is no substitute. */
const ofOneNode =
  /^\/v1\/sys\/(?:health|seal-status|leader|init|seal|unseal|step-down|rekey|rekey-recovery-key|generate-root|decode-token)(?:[/?]|$)/

/** Reads that use something up: a wrapped answer, and the code that an identity provider gave. */
const usesUp =
  /^\/v1\/(?:cubbyhole\/response|sys\/wrapping\/unwrap|auth\/.+\/oidc\/(?:callback|poll))(?:\?|$)/

const methods = new Set(['GET', 'HEAD', 'LIST', 'DELETE'])

/** Whether a request is about the very node that it reaches, such as its seal. */
export const isOfOneNode = ({ path }: Pick<Outgoing, 'path'>): boolean => ofOneNode.test(path)

/**
 * Whether a request has the same effect when it is carried out twice (RFC 9110 §9.2.2), so that it may go out
 * again though it may have arrived: reads, lists and deletes, and the writes that their caller calls so. Never
 * what makes a wrapping token or uses something up, nor a deletion that ends a node's ceremony.
 */
export function isRepeatable(request: Pick<Outgoing, 'method' | 'path' | 'headers' | 'repeatable'>): boolean {
  if (request.headers['x-vault-wrap-ttl'] !== undefined || usesUp.test(request.path)) return false
  if (request.repeatable !== undefined) return request.repeatable
  return methods.has(request.method) && !(request.method === 'DELETE' && isOfOneNode(request))
}
