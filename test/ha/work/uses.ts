import type { Answer } from '../ask.ts'
import { type Context, newWorker, setUp } from './context.ts'

/** Tokens that are good for a number of uses, and how one use of them is tried. */
const kinds = {
  numUses: {
    uses: 3,
    make: { path: 'auth/token/create', ask: { method: 'POST', body: { num_uses: 3 } } },
    token: ({ body }: Answer): string | undefined => body?.auth?.client_token,
    use: { path: 'auth/token/lookup-self', ask: {} },
  },
  wrapping: {
    uses: 1,
    make: {
      path: 'sys/wrapping/wrap',
      ask: { method: 'POST', body: { value: 'once' }, headers: { 'X-Vault-Wrap-TTL': '300' } },
    },
    token: ({ body }: Answer): string | undefined => body?.wrap_info?.token,
    use: { path: 'sys/wrapping/unwrap', ask: { method: 'POST' } },
  },
} as const

/** For each kind: one token after another, each raced for by clients at every node until it is refused. */
export function workOnUses(context: Context): Promise<void>[] {
  return Object.entries(kinds).map(async ([name, { uses, make, token, use }], i) => {
    const maker = newWorker(context, i)
    const racers = context.addresses.flatMap((_, home) => [
      newWorker(context, home),
      newWorker(context, home),
    ])
    for (let round = 0; !context.stopped(); round++) {
      const made = await setUp(context, maker, make.path, make.ask)
      const secret = made && token(made)
      if (secret === undefined) continue
      const common = { object: `${context.run}-${name}${round}`, model: 'uses' as const }
      context.record({ ...common, client: maker.id, from: 0, to: 0, do: 'grant', expect: uses })
      await Promise.all(
        racers.map(async (racer) => {
          for (let tries = 0; tries < 2 && !context.stopped(); tries++) {
            await racer.asks({
              ...common,
              path: use.path,
              ask: { ...use.ask, token: secret },
              answer({ status }) {
                if (status === 200) return { do: 'use' }
                return status === 403 || status === 400 ? { do: 'use', refused: true } : undefined
              },
              open: { do: 'use' },
            })
          }
        }),
      )
    }
  })
}
