import type { Request } from './action.ts'
import { type Files, needsFile } from './files.ts'
import { jsonOf, quoted } from './shell.ts'

/** The request as a line of curl, which takes the server and the token from the environment. */
function curlLine(request: Request, files: Files): string {
  const { method, path, query = {}, body, from, wrapTtl, keep, by = 'VAULT_TOKEN' } = request
  const data = from === undefined ? body : undefined
  const sends = data !== undefined || from !== undefined
  const options = [
    '-sS',
    '--fail-with-body',
    ...(method === 'GET' || (method === 'POST' && sends) ? [] : ['-X', method]),
    `-H "X-Vault-Token: $${by}"`,
    ...(wrapTtl === undefined ? [] : ['-H', quoted(`X-Vault-Wrap-TTL: ${wrapTtl}s`)]),
    ...(method === 'PATCH' && sends ? ['-H', quoted('Content-Type: application/merge-patch+json')] : []),
  ]
  const sent = data === undefined ? (from === undefined ? [] : ['--data @-']) : [dataOption(data, files)]
  const pairs = Object.entries(query).map(([name, value]) => `${encoded(name)}=${encoded(String(value))}`)
  const url = `"$VAULT_ADDR/v1/${path.split('/').map(encoded).join('/')}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}"`
  const line = [['curl', ...options].join(' '), ...sent, url].join(sent.length === 0 ? ' ' : ' \\\n  ')
  return keep === undefined ? line : `${keep.variable}=$(${line} |\n  jq -r ${quoted(keep.filter)})`
}

function dataOption(data: NonNullable<Request['body']>, files: Files): string {
  if (needsFile(data)) return `--data @${files.add(data)}`
  const short = jsonOf(data)
  return `--data ${quoted(short.length <= 80 ? short : jsonOf(data, 2))}`
}

/** Also what a shell would take for more than it is between double quotes. */
const encoded = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  )

/** Requests one after the other; what one answers goes into the next where that is made of it. */
export function curlLines(requests: readonly Request[], files: Files): string {
  let text = ''
  for (const request of requests) {
    const line = curlLine(request, files)
    if (text === '') text = line
    else if (request.from === undefined) text += `\n${line}`
    else text += ` |\n  jq ${quoted(request.from)} |\n  ${line}`
  }
  return text
}
