import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Sink } from '../../src/audit/device/file.ts'
import type { TestNode } from './node.ts'

type Omitted = { readonly bytes: number; readonly hash: string }

/** A line of an audit log, as far as tests look at it. */
export type Line = {
  readonly type: string
  readonly error?: string
  readonly auth?: { readonly display_name?: string; readonly policy_results?: { readonly allowed: boolean } }
  readonly request?: {
    readonly path: string
    readonly operation: string
    readonly client_token?: string
    readonly client_certificate_serial_number?: string
    readonly data?: Readonly<Record<string, unknown>>
    readonly data_omitted?: Omitted
  }
  readonly response?: { readonly data?: Readonly<Record<string, unknown>>; readonly data_omitted?: Omitted }
}

/** Turns a file device on. @returns the lines that `work` adds to its file */
export async function auditTo(t: TestContext, server: TestNode, more: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-audit-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'audit.log')
  await server.ask('write', 'sys/audit/file', {
    fields: { type: 'file', options: { file_path: file, ...more } },
  })
  const text = () => readFileSync(file, 'utf8')
  return {
    file,
    text,
    async linesOf(work: () => Promise<unknown>): Promise<Line[]> {
      const before = text().length
      await work()
      return text()
        .slice(before)
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Line)
        .filter(({ type }) => type === 'request' || type === 'response')
    },
  }
}

/** What stands in for an audit file: it does with each line what a test wants at the moment. */
export function scriptedDevice() {
  const timers = new Set<() => void>()
  const waiters: (() => void)[] = []
  const device = {
    /** By the text that is written. */
    doing: (_text: string): 'take' | 'fail' | 'hang' => 'take',
    written: [] as string[],
    /** Resolves when a write hangs. */
    hanging: () => new Promise<void>((resolve) => waiters.push(resolve)),
    /** The time that a write may take is over. */
    timeOut() {
      for (const run of [...timers]) run()
    },
  }
  const sink: Sink = {
    write(bytes) {
      const text = Buffer.from(bytes).toString()
      const what = device.doing(text)
      if (what === 'fail') throw new Error('the disk is gone')
      if (what === 'hang') {
        for (const resolve of waiters.splice(0)) resolve()
        return new Promise(() => {})
      }
      device.written.push(text)
    },
    sync: async () => {},
    isRemoved: () => false,
    check: () => 'fine',
    tail: undefined,
    identity: 'scripted',
    close: async () => {},
  }
  return {
    device,
    auditParts: {
      open: async () => sink,
      timer: (_milliseconds: number, run: () => void) => {
        timers.add(run)
        return () => timers.delete(run)
      },
    },
  }
}
