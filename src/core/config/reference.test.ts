import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { parseConfig } from './config.ts'
import { configurationReference, sections } from './reference.ts'

const file = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')

describe('the reference of the configuration', () => {
  it('is what the declarations say; node scripts/docs-config.ts writes it', () => {
    assert.equal(file, configurationReference())
  })

  it('describes every key in whole sentences', () => {
    for (const { title, about, keys } of sections) {
      assert.match(about, /\.$/, title)
      for (const [name, { description }] of Object.entries(keys))
        assert.match(description, /\.$/, `${title} ${name}`)
    }
  })

  it('shows a file to begin with that is right', () => {
    const [, example = ''] = /```hcl\n(.*?)```/s.exec(file) ?? []
    const { config, warnings } = parseConfig(example, { file: 'example' })
    assert.deepEqual(warnings, [])
    assert.deepEqual([config.storage.type, config.seal.type], ['sqlite', 'static'])
  })

  it('shows an example of every block that is right', () => {
    const base = { listener: 'listener "tcp" {}\n', storage: 'storage "inmem" {}\n' }
    const inside = (title: string, example: string) => {
      if (title.endsWith('in listener "tcp"')) return `listener "tcp" {\n${example}\n}\n${base.storage}`
      if (title.endsWith('in spaces')) {
        return `spaces "x" {\nprofile = "egi"\nallow_any_audience = true\n${example}\n}\n${base.listener}${base.storage}`
      }
      const others = Object.entries(base).filter(([name]) => !title.startsWith(name))
      return `${example}\n${others.map(([, text]) => text).join('')}`
    }
    for (const { title, example } of sections) {
      assert.deepEqual(parseConfig(inside(title, example), { file: title }).warnings, [], title)
    }
  })
})
