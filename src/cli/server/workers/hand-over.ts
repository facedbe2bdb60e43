import type { Worker } from 'node:cluster'

/*
 * The runtime accepts a connection in the primary, sends it to a worker, and keeps its own end until the worker says
 * whether it took it. Of a worker that dies meanwhile no word comes, and the client would wait for ever. So what a
 * dead worker has not answered for is answered for here, as refused: the runtime then gives the connection to another
 * one. Nothing of it has been read by then. The messages are the runtime's own, which is one version throughout; a
 * test kills workers while connections come in.
 */

type Internal = {
  readonly cmd?: unknown
  readonly act?: unknown
  readonly seq?: unknown
  readonly ack?: unknown
}
const fieldsOf = (message: unknown): Internal =>
  typeof message === 'object' && message !== null ? message : {}

/** Has others get the connections that a worker was handed and had not taken when it died. */
export function keepConnections(worker: Worker): void {
  const { process } = worker
  const handedOver = new Set<unknown>()
  const send = process.send.bind(process)
  const watched = (...args: Parameters<typeof send>): boolean => {
    const { cmd, act, seq } = fieldsOf(args[0])
    if (cmd === 'NODE_CLUSTER' && act === 'newconn') handedOver.add(seq)
    return send(...args)
  }
  // The overloads differ in which arguments may be left out; all are handed on as they are.
  process.send = watched as typeof process.send
  process.on('internalMessage', (message: unknown) => void handedOver.delete(fieldsOf(message).ack))
  function answer(): void {
    // What it still said before it died comes first.
    if (worker.isConnected()) {
      setImmediate(answer)
      return
    }
    // The runtime does not say this of a worker that has a connection on its way, and would go on to give it more.
    process.emit('disconnect')
    for (const ack of handedOver) {
      process.emit('internalMessage', { cmd: 'NODE_CLUSTER', ack, accepted: false }, undefined)
    }
  }
  worker.once('exit', answer)
}
