import { spawn } from 'node:child_process'
import { homedir } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { Io } from './io.ts'
import { run } from './program.ts'

// `coffer kv list … | head` ends the pipe early; that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const { stdin } = process
const io: Io = {
  env: process.env,
  home: homedir(),
  stdin: {
    isTTY: stdin.isTTY === true,
    setRawMode: (on) => stdin.setRawMode(on),
    // Leaving the loop must not close the terminal, which may be asked again.
    [Symbol.asyncIterator]: () => stdin.iterator({ destroyOnReturn: false }),
  },
  stdout: process.stdout,
  stderr: process.stderr,
  now: () => Date.now(),
  pause: (milliseconds) => pause(milliseconds),
  browse(url) {
    // Without a terminal nobody waits for a window to open.
    if (process.stderr.isTTY !== true) return
    const program = process.platform === 'darwin' ? 'open' : 'xdg-open'
    const child = spawn(program, [url], { stdio: 'ignore', detached: true })
    // Whoever has no browser here has been shown the address.
    child.on('error', () => {})
    child.unref()
  },
}

process.exitCode = await run(process.argv.slice(2), io)
stdin.destroy()
