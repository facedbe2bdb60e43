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
  pause: (milliseconds) => pause(milliseconds),
}

process.exitCode = await run(process.argv.slice(2), io)
stdin.destroy()
