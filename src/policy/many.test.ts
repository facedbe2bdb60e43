import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { growsLinearly } from '../../test/support/growth.ts'
import { compileAcl } from './acl.ts'
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

  it('are asked about at once, however many begin behind a plus', () => {
    const ask = (acl: ReturnType<typeof compileAcl>): void => {
      for (let i = 0; i < 2000; i++) acl.capabilities(`x/b${i}`)
    }
    const make = (size: number) => {
      const acl = compileAcl(policies(size, shapes['that begin behind a plus']))
      acl.capabilities('x/b')
      return acl
    }
    // Eight times as many rules are three more steps; a walk through all of them would be eight times the work.
    const cost = (acl: ReturnType<typeof make>): number => {
      const before = process.cpuUsage()
      ask(acl)
      const { user, system } = process.cpuUsage(before)
      return user + system
    }
    const [few, many] = [make(100), make(6400)]
    const least = (acl: ReturnType<typeof make>) => Math.min(...Array.from({ length: 5 }, () => cost(acl)))
    assert.ok(least(many) < 8 * least(few))
  })
})
