/**
 * Records transcripts of the command line: runs their commands against a real server and writes down what was
 * asked, answered and shown. Look at the result before it is committed.
 *
 *     node scripts/record-cli.ts http://127.0.0.1:8200 src/cli/testdata/kv.txt …
 *
 * With `replay` for the address, the server answers as recorded before and only what is shown is written anew.
 */
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addLine, performStep } from '../src/cli/testing/perform.ts'
import { type Block, parseTranscript, renderTranscript, type Step } from '../src/cli/testing/transcript.ts'
import { type Exchange, scriptedServer } from '../src/client/testing/scripted-server.ts'

const [address = '', ...files] = process.argv.slice(2)
for (const file of files) {
  const home = await mkdtemp(join(tmpdir(), 'coffer-record-'))
  const blocks: Block[] = []
  for (const block of parseTranscript(await readFile(file, 'utf8'))) {
    if (block.kind === 'file') await addLine(join(home, block.name), block.line)
    blocks.push(
      block.kind === 'step'
        ? { kind: 'step', step: await (address === 'replay' ? replay : record)(block.step, home) }
        : block,
    )
  }
  await writeFile(file, renderTranscript(blocks))
  await rm(home, { recursive: true })
}

/** Leaves out what differs from run to run and from server to server, and matters to no command. */
function withoutNoise(answer: string): string {
  return answer
    .replace(/"request_id":"[^"]+"/g, '"request_id":"r"')
    .replace(/"(deprecation_status|plugin_version|running_plugin_version|running_sha256)":"[^"]*",/g, '')
    .replace(/"external_entropy_access":(true|false),/g, '')
}

async function replay(step: Step, home: string): Promise<Step> {
  const server = await scriptedServer(step.exchanges)
  const result = await performStep(step, home, server.address)
  for (const problem of server.problems()) console.error(`${step.commandLine}: ${problem}`)
  await server.close()
  return { ...step, result }
}

async function record(step: Step, home: string): Promise<Step> {
  const exchanges: Exchange[] = []
  const proxy = http.createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    const { host: _, ...headers } = request.headers
    const { method = '', url = '' } = request
    const upstream = http.request(address + url, { method, headers: { ...headers, connection: 'close' } })
    upstream.end(body)
    const [incoming] = (await once(upstream, 'response')) as [http.IncomingMessage]
    let answer = ''
    for await (const part of incoming) answer += part
    answer = withoutNoise(answer)
    const status = incoming.statusCode ?? 0
    const token = request.headers['x-vault-token']
    exchanges.push({
      method,
      path: url,
      headers: { 'x-vault-token': typeof token === 'string' ? token : '' },
      ...(body && { body }),
      answer: { status, ...(answer.trim() && { body: answer.trim() }) },
    })
    response.writeHead(status, { 'content-type': 'application/json' }).end(answer)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const { port } = proxy.address() as AddressInfo // listens on TCP
  const result = await performStep(step, home, `http://127.0.0.1:${port}`)
  proxy.closeAllConnections()
  proxy.close()
  return { ...step, exchanges, result }
}
