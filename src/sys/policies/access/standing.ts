import type { Operation } from '../../../backend/routes/operation.ts'
import type { RequestPath } from '../../../backend/routes/path.ts'
import type { JsonObject } from '../../../base/json/json.ts'
import type { Source } from '../../../policy/acl.ts'
import type { Transaction } from '../../../transaction/transaction.ts'
import type { SystemServices } from '../../services.ts'
import { ruleData } from '../explain/shapes.ts'
import type { Subject } from '../explain/subject.ts'

const operations: readonly Operation[] = ['create', 'read', 'update', 'patch', 'delete', 'list', 'scan']

/** What somebody may do at a path. */
export type Standing = {
  readonly capabilities: readonly Operation[]
  /** The rules that decide so. */
  readonly rules: readonly Source[]
  /** Some of it only for requests within limits: of what they carry, or of wrapping. */
  readonly isLimited: boolean
}

/** Judges each operation as a request would be judged. */
export async function standingOf(
  services: Pick<SystemServices, 'judge'>,
  tx: Transaction,
  path: RequestPath,
  { acl, entrants }: Pick<Subject, 'acl' | 'entrants'>,
): Promise<Standing> {
  const capabilities: Operation[] = []
  const rules = new Set<Source>()
  let isLimited = false
  for (const operation of operations) {
    const asked = { operation, path, fields: {}, wrapTtl: undefined }
    const { verdict, question, space, isFixed } = await services.judge(tx, asked, { acl, entrants })
    const limited = verdict.reason === 'parameters' || verdict.reason === 'wrapping'
    if (!(verdict.allowed || limited) || space === 'closed' || isFixed) continue
    capabilities.push(operation)
    isLimited ||= limited
    for (const source of acl.deciding(question)) rules.add(source)
  }
  return { capabilities, rules: [...rules], isLimited }
}

/** The same as answers show it. */
export const standingData = (
  { capabilities, rules, isLimited }: Standing,
  { ways }: Pick<Subject, 'ways'>,
): JsonObject => ({
  capabilities: [...capabilities],
  is_limited: isLimited,
  rules: rules.map((source) => ruleData(source, ways)),
})
