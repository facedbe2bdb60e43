import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { program, type RunningServer } from './server.ts'
import { call } from './vault.ts'

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** Runs the command in a process of its own, which is killed as soon as it has said what `until` matches. */
export async function migrate(args: readonly string[], until?: RegExp): Promise<Ended> {
  const child = spawn(program, ['operator', 'migrate', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
      if (until?.test(said.stderr)) child.kill('SIGKILL')
    })
  }
  const [code] = await once(child, 'close')
  return { code, ...said }
}

/** Writes without a pause, and remembers what was acknowledged and what was refused last. */
export function writing(server: RunningServer) {
  const acknowledged = new Map<string, number>()
  let isOver = false
  let refusals = 0
  const worker = async (name: number) => {
    for (let i = 0; !isOver; i++) {
      const path = `kv/w${name}/${i % 20}`
      const { status, body } = await call(server, 'POST', path, { value: i })
      if (status === 204) acknowledged.set(path, i)
      else {
        refusals++
        assert.equal(status, 503)
        assert.match(body.errors[0], /the data has moved to another store/)
      }
    }
  }
  const done = Promise.all([0, 1, 2].map(worker))
  return {
    acknowledged,
    refusals: () => refusals,
    async stop() {
      isOver = true
      await done
    },
  }
}

export async function assertHas(server: RunningServer, acknowledged: ReadonlyMap<string, unknown>) {
  for (const [path, value] of acknowledged) {
    const { body } = await call(server, 'GET', path)
    assert.deepEqual(body.data, { value }, path)
  }
}
