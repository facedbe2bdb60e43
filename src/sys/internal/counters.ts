import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import { entityPrefix } from '../../identity/record.ts'
import { accessorPrefix } from '../../token/record.ts'
import type { Transaction } from '../../transaction/transaction.ts'

const pageSize = 10_000
/** Beyond that a count would hold up others too long. */
const maxCounted = 5_000_000

async function count(tx: Transaction, folder: string): Promise<number> {
  let total = 0
  for (let after: string | undefined; ; ) {
    const page = await tx.list(folder, { after, limit: pageSize })
    total += page.names.length
    if (!page.more) return total
    if (total >= maxCounted) fail('overloaded', `there are more than ${maxCounted}`)
    after = page.names.at(-1)
  }
}

const totalShape = shape.object({ total: shape.integer() })

export const counterRoutes = [
  systemRoute({
    path: 'internal/counters/tokens',
    summary: 'How many service tokens are kept, ended ones that are not cleared away yet among them.',
    answers: { read: answer.data(shape.object({ counters: shape.object({ service_tokens: totalShape }) })) },
    operations: {
      read: async ({ tx }) => ({
        data: { counters: { service_tokens: { total: await count(tx, accessorPrefix) } } },
      }),
    },
  }),
  systemRoute({
    path: 'internal/counters/entities',
    summary: 'How many entities there are.',
    answers: { read: answer.data(shape.object({ counters: shape.object({ entities: totalShape }) })) },
    operations: {
      read: async ({ tx }) => ({
        data: { counters: { entities: { total: await count(tx, entityPrefix) } } },
      }),
    },
  }),
  ...['activity/export', 'config'].map((path) =>
    systemRoute({
      path: `internal/counters/${path}`,
      summary: 'Kept for clients: refuses, since there is no such thing here.',
      answers: { read: answer.refusal },
      operations: {
        read: () => fail('unsupported_path', 'clients are counted by month, always and without their names'),
      },
    }),
  ),
]
