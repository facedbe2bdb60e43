import type { ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/**
 * Sends a signal to a child. One that is told to stop has stopped when this returns.
 * @returns whether it was still there
 */
export function signalChild(child: ChildProcess, signal: NodeJS.Signals): boolean {
  const isThere = child.kill(signal)
  if (isThere && signal === 'SIGSTOP') waitUntilStopped(child.pid ?? 0)
  return isThere
}

/** Does the same to any process, which may have ended. */
export function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ESRCH') throw error
  }
  if (signal === 'SIGSTOP') waitUntilStopped(pid)
}

/** Its threads stop one after the other, and one that still runs can answer. */
function waitUntilStopped(pid: number): void {
  if (process.platform !== 'linux') return
  const until = performance.now() + 5000
  while (!hasStopped(pid)) {
    if (performance.now() > until) throw new Error(`process ${pid} does not stop`)
  }
}

function hasStopped(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).every((thread) => {
      const [, state = ''] =
        /\) (\w) [^)]*$/.exec(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')) ?? []
      return ['T', 'Z', 'X'].includes(state)
    })
  } catch {
    // It, or a thread of it, has ended.
    return !existsSync(`/proc/${pid}`)
  }
}
