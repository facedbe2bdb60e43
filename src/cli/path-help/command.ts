import type { JsonObject } from '../../base/json/json.ts'
import { flagOf, textOf } from '../../client/index.ts'
import { defineCommand, one } from '../command/command.ts'
import { trimPath } from '../data/path.ts'
import { formatFlag, show } from '../output/format.ts'
import { note } from '../output/say.ts'
import { columns } from '../output/table.ts'
import { wrap } from '../output/wrap.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { fieldsOf, type Help, helpFor, operationsOf, summaryOf } from './document.ts'

export const pathHelpCommand = defineCommand({
  name: 'path-help',
  summary: 'Shows what can be done at a path of the API, and what lies below it',
  details:
    'It comes from the description of the API (OpenAPI) that the server makes for your token, so nothing is read ' +
    'at the path itself; with -format=json that part of it is shown. The exit code is 2 when nothing is known.',
  examples: [
    ['All that an engine can do', 'coffer path-help transit'],
    ['One path and its fields', 'coffer path-help sys/mounts/team'],
  ],
  args: { path: one('Path, without v1/.') },
  flags: { ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `asking what can be done at ${args.path}`,
  run: (call) =>
    withApi(call, async (_api, client) => {
      const path = trimPath(call.args.path)
      const answer = await client.read('sys/internal/specs/openapi')
      const document = answer?.data ?? {}
      const help = helpFor(document, path)
      const found = [...(help.at === undefined ? [] : [help.at]), ...help.below]
      if (found.length === 0) {
        note(call.io, `Nothing is known of ${path}: it is not there, or your token cannot reach it`)
        return 2
      }
      const paths = Object.fromEntries(found.map((each) => [`/${each.path}`, each.item]))
      await show(call, { paths }, () => textFor(document, help, call.io.stdout.columns ?? 80))
      return 0
    }),
})

function textFor(document: JsonObject, { at, below }: Help, columnCount: number): string {
  const width = Math.min(Math.max(columnCount, 40), 100)
  const lines: string[] = []
  if (at !== undefined) {
    const operations = operationsOf(at)
    const texts = [...new Set([...operations.map(([, summary]) => summary), textOf(at.item.description)])]
    const paragraphs = texts.filter((text) => text !== '').flatMap((text) => ['', ...wrap(text, width)])
    lines.push(at.path, ...paragraphs, '', `Operations: ${operations.map(([word]) => word).join(', ')}`)
    if (flagOf(at.item['x-vault-sudo'])) lines.push('', 'Needs sudo.')
    if (flagOf(at.item['x-vault-unauthenticated'])) lines.push('', 'Answers without a token.')
    const fields = fieldsOf(document, at)
    if (fields.length > 0) lines.push('', 'Fields:')
    for (const [label, help] of fields)
      lines.push(`  ${label}`, ...wrap(help, width - 6).map((line) => `      ${line}`.trimEnd()))
  }
  if (below.length > 0) {
    if (at !== undefined) lines.push('')
    lines.push('Paths:', ...indented(columns(below.map((each) => [each.path, summaryOf(each)]))))
  }
  return lines.join('\n')
}

const indented = (text: string): string[] => text.split('\n').map((line) => `  ${line}`.trimEnd())
