import { type Answer, type Ask, isAnswer } from '../ask.ts'
import { type Context, newWorker, setUp, type Worker } from './context.ts'

/** How many looks at a right before the next one is made: few enough to check, enough to see it change. */
const looks = 60

/** Something that is there or not, which every node shows by what it lets somebody do. */
export type Right = {
  /** Makes what it needs, so that the state is the first of `changes`; undefined when that fails. */
  make(context: Context, worker: Worker, name: string): Promise<Made | undefined>
}
export type Made = {
  /** How each state is brought about. The last one is what the right ends in. */
  readonly changes: Readonly<Record<string, { readonly path: string; readonly ask: Ask }>>
  /** Whether a state that has passed can come again. */
  readonly returns: boolean
  readonly look: { readonly path: string; readonly ask: Ask; seen(answer: Answer): string | undefined }
}

const post = (path: string, body: unknown = {}) => ({ path, ask: { method: 'POST', body } })
const permitted = ({ status }: Answer) => (status === 200 ? 'there' : status === 403 ? 'gone' : undefined)

/** A token that is revoked, itself or with its parent. */
const token: Right = {
  async make(context, worker) {
    const created = (answer: Answer | undefined): string | undefined => answer?.body?.auth?.client_token
    const parent = created(
      await setUp(context, worker, 'auth/token/create', {
        method: 'POST',
        body: { policies: ['root'] },
      }),
    )
    if (parent === undefined) return undefined
    const child = created(
      await setUp(context, worker, 'auth/token/create', { method: 'POST', token: parent, body: {} }),
    )
    if (child === undefined) return undefined
    return {
      changes: { gone: post('auth/token/revoke', { token: worker.chance(0.5) ? parent : child }) },
      returns: false,
      look: { path: 'auth/token/lookup-self', ask: { token: child }, seen: permitted },
    }
  },
}

const readKv = (path: string) => `path "kv/data/${path}" { capabilities = ["read"] }`

/** A policy that is written, emptied and deleted while a token has it. */
const policy: Right = {
  async make(context, worker, name) {
    const rules = { policy: readKv(name) }
    const at = `sys/policies/acl/${name}`
    const body = { data: { value: name } }
    if (!(await setUp(context, worker, `kv/data/${name}`, { method: 'POST', body }))) return undefined
    if (!(await setUp(context, worker, at, { method: 'POST', body: rules }))) return undefined
    const answer = await setUp(context, worker, 'auth/token/create', {
      method: 'POST',
      body: { policies: [name] },
    })
    const holder: string | undefined = answer?.body?.auth?.client_token
    if (holder === undefined) return undefined
    return {
      changes: { there: post(at, rules), gone: { path: at, ask: { method: 'DELETE' } } },
      returns: true,
      look: { path: `kv/data/${name}`, ask: { token: holder }, seen: permitted },
    }
  },
}

/** Somebody who is taken out of the group whose policy they use, and taken in again. */
const member: Right = {
  async make(context, worker, name) {
    const ask = (path: string, body: unknown) => setUp(context, worker, path, { method: 'POST', body })
    if (!(await ask(`kv/data/${name}`, { data: { value: name } }))) return undefined
    if (!(await ask(`sys/policies/acl/${name}`, { policy: readKv(name) }))) return undefined
    if (!(await ask(`auth/userpass/users/${name}`, { password: name }))) return undefined
    const login = await ask(`auth/userpass/login/${name}`, { password: name })
    if (login === undefined) return undefined
    const { client_token: holder, entity_id: entity } = login.body.auth
    const group = { name, policies: [name], member_entity_ids: [entity] }
    if (!(await ask('identity/group', group))) return undefined
    return {
      changes: {
        there: post(`identity/group/name/${name}`, group),
        gone: post(`identity/group/name/${name}`, { ...group, member_entity_ids: [] }),
      },
      returns: true,
      look: { path: `kv/data/${name}`, ask: { token: holder }, seen: permitted },
    }
  },
}

/** A version of a secret that is destroyed. */
const version: Right = {
  async make(context, worker, name) {
    const body = { data: { value: name } }
    if (!(await setUp(context, worker, `kv/data/${name}`, { method: 'POST', body }))) return undefined
    return {
      changes: { gone: { path: `kv/destroy/${name}`, ask: { method: 'PUT', body: { versions: [1] } } } },
      returns: false,
      look: {
        path: `kv/data/${name}?version=1`,
        ask: {},
        seen: ({ status }) => (status === 200 ? 'there' : status === 404 ? 'gone' : undefined),
      },
    }
  },
}

export const rights = { token, policy, member, version } as const

/** For each kind of right: one client that makes and changes it, and one client at each node that looks. */
export function workOnRights(context: Context): Promise<void>[] {
  return Object.entries(rights).map(async ([kind, right], i) => {
    const changer = newWorker(context, i)
    const lookers = context.addresses.map((_, home) => newWorker(context, home))
    for (let round = 0; !context.stopped(); round++) {
      const object = `${context.run}-${kind}${round}`
      const made = await right.make(context, changer, object)
      if (made === undefined) continue
      await useOne(context, object, made, changer, lookers)
    }
  })
}

async function useOne(
  context: Context,
  object: string,
  { changes, returns, look }: Made,
  changer: Worker,
  lookers: readonly Worker[],
): Promise<void> {
  const common = { object, model: 'register' as const }
  let left = looks
  const more = () => left-- > 0 && !context.stopped()
  const first = { client: changer.id, from: 0, to: 0, do: 'set', value: 'there' }
  context.record({ ...common, ...first })

  const looking = lookers.map(async (worker) => {
    while (more()) {
      await worker.asks({
        ...common,
        ...look,
        answer(answer) {
          const value = look.seen(answer)
          return value === undefined ? undefined : { do: 'get', value }
        },
      })
    }
  })
  const names = Object.keys(changes)
  let changed = false
  while (more()) {
    if (returns || (!changed && left < looks / 2)) {
      const value = names[names.length === 1 ? 0 : Math.floor(context.random() * names.length)] ?? ''
      const change = changes[value]
      if (change === undefined) break
      const said = { do: 'set', value }
      const outcome = await changer.asks({
        ...common,
        ...change,
        answer: ({ status }) => (status === 200 || status === 204 ? said : undefined),
        open: said,
      })
      changed = outcome !== 'unsent'
      // Another change without an answer would make the history dear to check: only looks are left.
      if (!isAnswer(outcome)) break
      // What changes rarely is looked at more often.
      for (let quiet = 0; quiet < 4 && more(); quiet++) await changer.ask('sys/health')
    } else await changer.ask('sys/health')
  }
  await Promise.all(looking)
}
