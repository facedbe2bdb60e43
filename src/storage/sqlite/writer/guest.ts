import { createConnection } from 'node:net'
import { frameKinds, readFrames, sendFrame, sendJson } from './protocol/frames.ts'
import { type Answers, type Hello, protocol } from './protocol/messages.ts'

/** Where the owner listens, and what to say there first. */
export type Contact = { readonly address: string; readonly token: string }

/** A connection to the process that writes. */
export type Link = {
  readonly lineage: string
  /** False once the connection is gone. */
  isOpen(): boolean
  send(commits: readonly Uint8Array[], oldest: number): void
  end(): void
}

export type LinkEvents = {
  answers(answers: Answers): void
  /** The connection is gone, and the owner with it as a rule. Not told after {@link Link.end}. */
  lost(): void
}

/** Milliseconds for the welcome, at most. */
const welcomeTime = 5000
/** Bytes of commits from which on more of them go into a frame of their own. */
const fullFrame = 4 * 1024 * 1024

/**
 * Connects to the owner; undefined when nobody takes the call there.
 *
 * @param patience milliseconds
 */
export function connectGuest(
  { address, token }: Contact,
  process: string,
  patience: number,
  events: LinkEvents,
): Promise<Link | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection(address)
    let welcomed = false
    let ended = false
    const timer = setTimeout(() => socket.destroy(), Math.min(welcomeTime, patience))
    socket.on('connect', () => {
      const hello: Hello = { protocol, token, process }
      sendJson(socket, frameKinds.hello, hello)
    })
    readFrames(socket, (kind, body) => {
      clearTimeout(timer)
      // The owner runs the same program: the protocol's number was compared.
      if (kind === frameKinds.answers) return events.answers(JSON.parse(body.toString()) as Answers)
      if (kind !== frameKinds.welcome) throw new Error('an unexpected frame')
      welcomed = true
      const { lineage } = JSON.parse(body.toString()) as { lineage: string }
      resolve({ lineage, isOpen: () => !socket.destroyed, send, end })
    })
    // 'close' follows.
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(timer)
      if (!welcomed) resolve(undefined)
      else if (!ended) events.lost()
    })

    function send(commits: readonly Uint8Array[], oldest: number): void {
      const head = Buffer.alloc(8)
      head.writeDoubleLE(oldest)
      for (let from = 0; from < commits.length && !socket.destroyed; ) {
        let bytes = 0
        let to = from
        while (to < commits.length && bytes < fullFrame) bytes += (commits[to++] as Uint8Array).length
        sendFrame(socket, frameKinds.commits, head, ...commits.slice(from, to))
        from = to
      }
    }
    function end(): void {
      ended = true
      socket.destroy()
    }
  })
}
