import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { find, sources } from './sources.ts'

// What is physical stays where it is when the language is written from right to left.
const declared =
  /(?:^|[\s;{])(?:(?:margin|padding|border|scroll-margin|scroll-padding|inset)-(?:left|right|top|bottom)(?:-\w+)?|left|right|top|bottom|border-(?:top|bottom)-(?:left|right)-radius)\s*:/
const valued = /(?:text-align|float|clear)\s*:\s*(?:left|right)\b/
const props =
  /\b(?:marginLeft|marginRight|paddingLeft|paddingRight|borderLeft|borderRight)\b|\s(?:ml|mr|pl|pr)=|\bta="(?:left|right)"/

const files = sources().filter(({ path }) => path.startsWith('web/'))
const styles = files.filter(({ path }) => path.endsWith('.css'))
const parts = files.filter(({ path }) => path.endsWith('.tsx'))

describe('the styles of the page', () => {
  test('there are some to look at', () => {
    assert.ok(styles.some(({ path }) => path === 'web/src/app/shell/shell.module.css'))
    assert.ok(parts.some(({ path }) => path === 'web/src/app/shell/shell.tsx'))
  })

  test('speak of starts and ends, so that they hold for languages of both directions', () => {
    assert.deepEqual([...find(styles, declared), ...find(styles, valued), ...find(parts, props)], [])
  })

  test('are found where they do not', () => {
    for (const line of [
      'margin-left: 1rem;',
      '  padding-right: 0',
      '.a { left: 0; }',
      'border-top-left-radius: 0',
      'inset-top: 0',
      'top:0',
      'border-left-color: red',
    ]) {
      assert.match(line, declared)
    }
    for (const line of [
      'margin-inline-start: 1rem',
      '.left::part {',
      'border-start-start-radius: 0',
      'margin: 0',
    ]) {
      assert.doesNotMatch(line, declared)
    }
    assert.match('text-align: right', valued)
    assert.match('<Text ml="sm">', props)
    assert.doesNotMatch('<Text ms="sm" html=1>', props)
  })
})
