import { readFileSync } from 'node:fs'
import { declaredRoutes } from '../support/routes.ts'
import { type NotBuilt, parseNotBuilt } from './not-built.ts'
import { areas, linesOf } from './recordings.ts'

/** A part of the API: routes that begin alike, and the recordings about them. */
type Family = {
  readonly name: string
  /** What a path of it begins with where everything is mounted under the name of its type. */
  readonly at: readonly string[]
  readonly area?: string
  /** What is otherwise, and why, in a few words; the sections below say more. */
  readonly differs?: string
}

const families: readonly Family[] = [
  { name: 'KV version 1', at: ['kv-1/'], area: 'kv1' },
  {
    name: 'KV version 2',
    at: ['kv-2/'],
    area: 'kv2',
    differs: 'at most 5,000 versions of a secret; mounts with people’s spaces stay at version 1',
  },
  { name: 'cubbyhole', at: ['cubbyhole/'], area: 'cubbyhole' },
  {
    name: 'transit',
    at: ['transit/'],
    area: 'transit',
    differs: 'no `xchacha20-poly1305` and no managed keys: the runtime has none; large batches are bounded',
  },
  {
    name: 'identity',
    at: ['identity/'],
    area: 'identity',
    differs: 'no `mfa` and no `oidc`: the identity provider does both; stricter merges',
  },
  { name: 'tokens', at: ['auth/token/'], area: 'token' },
  {
    name: 'JWT and OpenID Connect',
    at: ['auth/jwt/', 'auth/oidc/'],
    area: 'jwt',
    differs: 'no CEL roles, no implicit flow',
  },
  {
    name: 'AppRole',
    at: ['auth/approle/'],
    area: 'approle',
    differs: '400 where others answer 500 to a client’s fault',
  },
  {
    name: 'user names and passwords',
    at: ['auth/userpass/'],
    area: 'userpass',
    differs: 'scrypt instead of bcrypt, so no `password_hash`',
  },
  { name: 'Kubernetes', at: ['auth/kubernetes/'], area: 'kubernetes' },
  { name: 'policies, capabilities', at: ['sys/polic', 'sys/capabilities'], area: 'policies' },
  { name: 'wrapping', at: ['sys/wrapping/'], area: 'wrapping' },
  {
    name: 'the other routes of `sys`',
    at: ['sys/'],
    area: 'sys',
    differs: 'no namespaces, replication, raw storage or plugins: there is nothing behind them',
  },
  { name: 'HTTP in general', at: [], area: 'http' },
]

/** Areas of the API that have no routes here. */
const absent = new Map([
  ['cert', 'logins with TLS certificates'],
  ['database', 'database credentials'],
  ['pki', 'PKI'],
  ['ssh', 'SSH'],
  ['totp', 'one-time passwords'],
])

const list = () => parseNotBuilt(readFileSync(new URL('not-built.txt', import.meta.url), 'utf8'))

/**
 * The table of docs/compatibility.md, from the routes that the server declares and from which recorded conversations
 * pass.
 */
export function compatibilityTable(): string {
  const left = list()
  const rows = families.map((family) => {
    const routes = routesOf(family)
    const { passing, all } = conversations(family.area, left)
    const state = passing < all ? 'in part' : family.differs === undefined ? 'same' : 'same, except'
    return [
      family.name,
      routes === 0 ? '' : String(routes),
      `${passing} of ${all}`,
      state,
      family.differs ?? '',
    ]
  })
  for (const [area, name] of absent) {
    rows.push([name, '', `0 of ${conversations(area, left).all}`, 'not there', ''])
  }
  const lines = [
    ['', 'routes', 'recorded conversations that pass', '', 'otherwise, and why'],
    ['---', '---:', '---:', '---', '---'],
    ...rows,
  ]
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}

/** Each route counts for the first family that it fits. */
function routesOf(family: Family): number {
  const owner = (at: string) => families.find((one) => one.at.some((start) => at.startsWith(start)))
  return new Set(declaredRoutes().flatMap(({ at }) => (owner(at) === family ? [at] : []))).size
}

function conversations(area: string | undefined, left: NotBuilt) {
  const lines = area === undefined ? [] : linesOf(area)
  return { passing: lines.filter((line) => !left.has(line)).length, all: lines.length }
}

/** Recordings that no row of the table is about. */
export function forgottenAreas(): string[] {
  return areas().filter((area) => !absent.has(area) && !families.some((family) => family.area === area))
}

const begin = '<!-- made by scripts/docs-compatibility.ts -->\n'
const end = '<!-- end -->'

/** The page with the table as it is now. */
export function withTable(page: string): string {
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from < 0 || to < from) throw new Error('docs/compatibility.md has no place for the table')
  return `${page.slice(0, from + begin.length)}\n${compatibilityTable()}\n${page.slice(to)}`
}
