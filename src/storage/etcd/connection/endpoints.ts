import type { Http2Session } from 'node:http2'
import { type Client, createClient } from '@connectrpc/connect'
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node'
import { Auth, KV, Maintenance } from '../messages/etcd_pb.js'

export type TlsSettings = {
  /** PEM; without it, those of the system. */
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

/** One member of the cluster, or what stands in front of some. */
export type Endpoint = {
  readonly url: string
  readonly kv: Client<typeof KV>
  readonly auth: Client<typeof Auth>
  readonly maintenance: Client<typeof Maintenance>
  /** After a call that timed out: a connection that is not even made is begun anew by the next one. */
  timedOut(): void
  close(): void
}

/** etcd hangs up on clients that ping more often than every five seconds (--grpc-keepalive-min-time). */
const pingInterval = 6000
const pingTimeout = 3000
const maxAnswer = 128 * 1024 * 1024

export function createEndpoint(url: string, tls: TlsSettings): Endpoint {
  const sessionManager = new Http2SessionManager(
    url,
    { pingIntervalMs: pingInterval, pingTimeoutMs: pingTimeout },
    { ...tls, minVersion: 'TLSv1.2', settings: { initialWindowSize: 4 * 1024 * 1024 } },
  )
  const guarded = new WeakSet<Http2Session>()
  const transport = createGrpcTransport({
    baseUrl: url,
    sessionManager: {
      authority: sessionManager.authority,
      async request(...request) {
        const stream = await sessionManager.request(...request)
        const { session } = stream
        if (session !== undefined && !guarded.has(session)) {
          // What speaks no HTTP/2 makes a session fail twice, and the manager hears the first time alone.
          session.on('error', () => {})
          guarded.add(session)
        }
        return stream
      },
      notifyResponseByteRead: (stream) => sessionManager.notifyResponseByteRead(stream),
    },
    acceptCompression: [],
    readMaxBytes: maxAnswer,
  })
  return {
    url,
    kv: createClient(KV, transport),
    auth: createClient(Auth, transport),
    maintenance: createClient(Maintenance, transport),
    timedOut() {
      if (sessionManager.state() === 'connecting') sessionManager.abort()
    },
    close: () => sessionManager.abort(),
  }
}
