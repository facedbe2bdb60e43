import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { growsLinearly, leastCost } from '../../test/support/growth.ts'
import { type Acl, compileAcl } from './acl.ts'
import { parsePolicy } from './parse.ts'

const policies = (size: number, rule: (at: number) => string) => [
  { name: 'p', policy: parsePolicy(Array.from({ length: size }, (_, at) => rule(at)).join('\n')) },
]

describe('very many rules', () => {
  const shapes = {
    'with parameters for one path': (at: number) =>
      `path "a" { capabilities = ["read"] allowed_parameters = { "p${at}" = ["x"] } }`,
    'for one path, each with the same parameter': (at: number) =>
      `path "a" { capabilities = ["read"] denied_parameters = { "p" = ["${at}"] } }`,
    'that begin behind a plus': (at: number) => `path "+/a${at}*" { capabilities = ["read"] }`,
    'that begin alike': (at: number) => `path "a${at}*" { capabilities = ["read"] }`,
    'of single paths behind a plus': (at: number) => `path "+/a${at}" { capabilities = ["read"] }`,
  }
  for (const [what, rule] of Object.entries(shapes)) {
    it(`${what} are compiled, and asked, in their own time`, () => {
      const ask = (given: ReturnType<typeof policies>): void => {
        const acl = compileAcl(given)
        for (let i = 0; i < 10; i++) acl.capabilities(`x/b${i}`)
      }
      assert.ok(growsLinearly((size) => policies(size, rule), ask, 500))
    })
  }

  const asked = {
    'are asked about at once, however many begin behind a plus': {
      rule: shapes['that begin behind a plus'],
      ask: (acl: Acl, at: number) => acl.capabilities(`x/b${at}`),
    },
    'that deny let a list tell at once which folders lead nowhere': {
      rule: (at: number) => `path "+/+/a${at}" { capabilities = ["deny"] }`,
      ask: (acl: Acl, at: number) => acl.mayReach(`b${at}/`),
    },
  }
  for (const [what, { rule, ask }] of Object.entries(asked)) {
    it(what, () => {
      const make = (size: number) => {
        const acl = compileAcl(policies(size, rule))
        ask(acl, 0)
        return acl
      }
      const least = (acl: Acl) =>
        leastCost(() => {
          for (let at = 0; at < 2000; at++) ask(acl, at)
        })
      // A walk through all of them would be 64 times the work.
      const [few, many] = [make(100), make(6400)]
      assert.ok(least(many) < 8 * least(few))
    })
  }
})
