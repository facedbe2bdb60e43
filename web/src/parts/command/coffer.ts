import type { Call, Fields, Request, Said } from './action.ts'
import { unsaid } from './action.ts'
import { type Files, needsFile } from './files.ts'
import { isPlain, jsonOf, quoted } from './shell.ts'

/** The request as a call of `coffer`. */
export function callOf(request: Request): Call {
  const { method, path, query = {}, body = {}, wrapTtl } = request
  const pairs = Object.entries(query)
  const wrap = wrapTtl === undefined ? [] : [`-wrap-ttl=${wrapTtl}s`]
  switch (method) {
    case 'GET':
    case 'DELETE': {
      const parameters = pairs.map(([name, value]) => `${name}=${literal(String(value))}`)
      return { command: method === 'GET' ? 'read' : 'delete', flags: wrap, args: [path, ...parameters] }
    }
    case 'LIST':
      return {
        command: 'list',
        flags: [...wrap, ...pairs.map(([name, value]) => `-${name}=${value}`)],
        args: [path],
      }
    default: {
      const force = Object.keys(body).length === 0 ? ['-force'] : []
      const command = method === 'PATCH' ? 'patch' : 'write'
      return { command, flags: [...wrap, ...force], args: [path], data: body }
    }
  }
}

/** Where the server declares all fields, a text is as good as a number. */
const isDeclared = (args: readonly string[]): boolean =>
  /^(sys|auth|identity)\/(?!wrapping\/wrap$)/.test(args[0] ?? '')

/** A call as a line, which takes the server and the token from the environment, or from a login before. */
function cofferLine(call: Call, files: Files): string {
  const { command, flags = [], args = [], data = {}, keep, by } = call
  const fields = Object.keys(data).length === 0 ? [] : words(data, isDeclared(args))
  const rest = [...args, ...(fields ?? (needsFile(data) ? [`@${files.add(data)}`] : ['-']))]
  const ends = rest.some((one) => one.startsWith('-') && one !== '-') ? ['--'] : []
  const line = ['coffer', command, ...[...flags, ...ends, ...rest].map(quoted)].join(' ')
  const whole =
    fields === undefined && rest.at(-1) === '-' ? `${line} <<'EOF'\n${jsonOf(data, 2)}\nEOF` : line
  const sent = by === undefined ? whole : `VAULT_TOKEN="$${by}" ${whole}`
  return keep === undefined ? sent : `${keep}=$(${sent})`
}

/** Fields as words of the command line; undefined where they cannot all be such. */
function words(data: Fields, declared: boolean): string[] | undefined {
  const all = Object.entries(data).map(([name, said]) => word(name, said, declared))
  return all.some((one) => one === undefined) || JSON.stringify(all).length > 1000
    ? undefined
    : all.filter((one) => one !== undefined)
}

function word(name: string, said: Said, declared: boolean): string | undefined {
  if (!/^[^\s=@-][^=]*$/.test(name) || !isPlain(name)) return undefined
  if (said === unsaid) return `${name}=-`
  if (declared && (typeof said === 'number' || typeof said === 'boolean')) return `${name}=${said}`
  if (typeof said !== 'string' || !isPlain(said) || /^\\(@|-$)/.test(said)) return undefined
  return `${name}=${literal(said)}`
}

/** What the program would read from elsewhere is taken literally behind a backslash. */
const literal = (value: string): string => (/^(@|-$)/.test(value) ? `\\${value}` : value)

/** Calls one after the other; what one prints goes into the next where that reads it. */
export function cofferLines(calls: readonly Call[], files: Files): string {
  let text = ''
  for (const call of calls) {
    const line = cofferLine(call, files)
    if (text === '') text = line
    else text += call.from === undefined ? `\n${line}` : ` |\n  jq ${quoted(call.from)} |\n  ${line}`
  }
  return text
}
