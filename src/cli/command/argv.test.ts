import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { sortArguments } from './argv.ts'
import { any, type Catalogue, defineCommand, maybe } from './command.ts'
import { onOff, text } from './flag.ts'

const shared = { address: text('', 'url'), tlsSkipVerify: onOff('') }
const leaf = (name: string) =>
  defineCommand({
    name,
    summary: '',
    examples: [],
    args: { path: maybe(''), data: any('') },
    flags: { ...shared, field: text(''), force: onOff('', { aliases: ['f'] }) },
    doing: () => '',
    run: async () => 0,
  })
const catalogue: Catalogue = [leaf('read'), { name: 'kv', summary: '', commands: [leaf('get')] }]
const sorted = (...argv: string[]) => sortArguments(argv, catalogue, shared)

describe('a command line', () => {
  it('takes flags with one dash and with two, with = and without', () => {
    const expected = { words: ['kv', 'get'], flags: ['--field=a', '--force=true'], rest: ['p'] }
    assert.deepEqual(sorted('kv', 'get', '-field=a', '-f', 'p'), expected)
    assert.deepEqual(sorted('kv', 'get', '--field', 'a', '--force=true', 'p'), expected)
  })

  it('takes flags anywhere', () => {
    const expected = { words: ['kv', 'get'], flags: ['--address=x', '--field=a'], rest: ['p', 'q'] }
    assert.deepEqual(sorted('-address', 'x', 'kv', 'get', 'p', '-field', 'a', 'q'), expected)
    assert.deepEqual(sorted('kv', '--address=x', 'get', 'p', 'q', '-field=a'), expected)
  })

  it('means the standard command of a family where none is written', () => {
    const usage = { name: 'usage', summary: '', standard: 'days', commands: [leaf('days'), leaf('people')] }
    const meant = (...argv: string[]) => sortArguments(argv, [...catalogue, usage], shared)
    assert.deepEqual(meant('usage'), { words: ['usage', 'days'], flags: [], rest: [] })
    const withValue = { words: ['usage', 'days'], flags: ['--address=x', '--field=a'], rest: [] }
    assert.deepEqual(meant('-address', 'x', 'usage', '-field', 'a'), withValue)
    assert.deepEqual(meant('usage', '-field', 'a', 'people', 'p'), {
      words: ['usage', 'people'],
      flags: ['--field=a'],
      rest: ['p'],
    })
    assert.deepEqual(meant('usage', '-h'), { words: ['usage'], flags: ['--help'], rest: [] })
    assert.deepEqual(meant('-h', 'usage').words, ['usage'])
    assert.deepEqual(meant('usage', 'x').words, ['usage', 'x'])
    assert.deepEqual(meant('kv').words, ['kv'])
  })

  it('takes a value whatever it looks like', () => {
    assert.deepEqual(sorted('read', '-field', '-force', 'p').flags, ['--field=-force'])
    assert.deepEqual(sorted('read', '-field=', 'p').flags, ['--field='])
    assert.deepEqual(sorted('read', '-field=a=b\nc').flags, ['--field=a=b\nc'])
  })

  it('takes - and what stands after -- for arguments', () => {
    assert.deepEqual(sorted('read', '-', '--', '-field', '--').rest, ['-', '-field', '--'])
    assert.deepEqual(sorted('read', '--', 'kv').words, ['read'])
  })

  it('gives switches no value but after =', () => {
    assert.deepEqual(sorted('read', '-force', 'false'), {
      words: ['read'],
      flags: ['--force=true'],
      rest: ['false'],
    })
    assert.deepEqual(sorted('read', '-force=false').flags, ['--force=false'])
  })

  it('leaves what is unknown to be refused, without its value', () => {
    assert.deepEqual(sorted('read', '-pasword=s3cret').flags, ['--pasword'])
    assert.deepEqual(sorted('reed', 'p'), { words: ['reed'], flags: [], rest: ['p'] })
  })

  it('takes what stands behind a flag that is unknown before the command for its value, and drops it', () => {
    const expected = { words: ['kv', 'get'], flags: ['--mfa'], rest: ['p'] }
    assert.deepEqual(sorted('-mfa', 's3cret', 'kv', 'get', 'p'), expected)
    assert.deepEqual(sorted('kv', '-mfa', 's3cret', 'get', 'p'), expected)
    assert.deepEqual(sorted('-mfa', 'kv', 'get', 'p'), expected)
    assert.deepEqual(sorted('-mfa', 's3cret'), { words: [], flags: ['--mfa'], rest: [] })
    assert.deepEqual(sorted('-field', 'a', 'kv', 'get', 'p').flags, ['--field=a'])
    assert.deepEqual(sorted('-force', 'a=b', 'kv', 'get', 'p').words, ['a=b'])
  })

  it('knows help by its names', () => {
    for (const flag of ['-h', '-help', '--help']) assert.deepEqual(sorted('read', flag).flags, ['--help'])
  })

  it('gives the same for both forms of every flag', () => {
    const value = fc.string()
    const flag = fc.oneof(
      value.map((v) => ['field', v] as const),
      value.map((v) => ['address', v] as const),
    )
    const word = fc.string().filter((s) => !s.startsWith('-'))
    fc.assert(
      fc.property(fc.array(flag), fc.array(word), (flags, words) => {
        const single = flags.map(([name, v]) => `-${name}=${v}`)
        const double = flags.flatMap(([name, v]) => [`--${name}`, v])
        const expected = sorted('read', ...words, ...single)
        assert.deepEqual(sorted('read', ...double, ...words), expected)
        assert.deepEqual(expected.rest, words)
        assert.deepEqual(
          expected.flags,
          flags.map(([name, v]) => `--${name}=${v}`),
        )
      }),
    )
  })

  it('never takes what stands after -- for anything else', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (rest) => {
        assert.deepEqual(sorted('read', '--', ...rest), { words: ['read'], flags: [], rest })
      }),
    )
  })
})
