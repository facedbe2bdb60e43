import { lookup } from 'node:dns/promises'
import type { Server } from 'node:http'
import { type AddressInfo, BlockList, isIP, type Socket } from 'node:net'
import type { SecureContextOptions, TlsOptions } from 'node:tls'
import { fail } from '../base/errors.ts'
import { http, https } from '../base/node-http.ts'
import { standardCiphers } from '../core/config/ciphers.ts'
import type { Limits } from './limits.ts'
import type { Forwarded } from './request/forwarded.ts'
import { type CertificateSource, fileSource, localSource } from './tls/source.ts'
import { isUnused, pendingExchange, translateMethods } from './wire.ts'

/** What a listener wants of its clients' certificates. */
export type ClientCertificates = {
  /** `ask`: one is asked for, and any or none will do; what it proves is for the login to judge. */
  readonly demand: 'none' | 'ask' | 'require'
  /** PEM file of the authorities that a required certificate must come from. */
  readonly caFile?: string
}

export type ListenerTls = {
  readonly certificate:
    | { readonly kind: 'files'; readonly certFile: string; readonly keyFile: string }
    /** Made and renewed here, by an authority of this machine's own. */
    | { readonly kind: 'local'; readonly folder: string; readonly names?: readonly string[] }
  readonly clients?: ClientCertificates
  /** TLSv1.2 unless said otherwise. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3'
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3'
  /** OpenSSL's names, separated by colons; those that are good unless said otherwise. */
  readonly ciphers?: string
}

export type Listener = {
  readonly host: string
  /** 0 for any free port. */
  readonly port: number
  /** `loopback`: plain HTTP on a loopback address only. `disabled`: plain HTTP on any, as the operator insists. */
  readonly tls: ListenerTls | 'loopback' | 'disabled'
  /** What it grants to its clients, where that is not what the server grants. */
  readonly limits?: Partial<Limits>
  /** Absent when nobody's word about a client's address is taken. */
  readonly forwarded?: Forwarded
  /** Metrics need no token here. */
  readonly openMetrics?: boolean
}

export type OpenListener = {
  readonly server: Server
  readonly address: { readonly host: string; readonly port: number; readonly url: string }
  readonly certificates: CertificateSource | undefined
  /** Puts new certificates to use for the connections to come. */
  setCertificates(certificates: SecureContextOptions): void
  /** Every connection, also those that are still shaking hands. */
  readonly connections: ReadonlySet<Socket>
  /** The connections that HTTP is spoken on. */
  readonly ready: ReadonlySet<Socket>
}

/**
 * Binds a listener; requests go to the server's `request` event.
 *
 * @throws invalid_config for plain HTTP where it is not allowed and for certificates that do not load
 */
export async function openListener(
  { host, port, tls }: Listener,
  limits: Limits,
  now: () => number,
  prepare: (server: Server) => void,
): Promise<OpenListener> {
  const { address } = await lookup(host).catch(() =>
    fail('invalid_config', `the address ${host} does not resolve`),
  )
  if (tls === 'loopback' && !isLoopback(address)) {
    fail(
      'invalid_config',
      `plain HTTP on ${host} would show every secret to the network: give the listener a certificate, or set tls_disable = true`,
    )
  }
  const options = {
    maxHeaderSize: limits.headerBytes,
    // Such requests are refused as all others are, and not by Node with an answer of its own.
    requireHostHeader: false,
    headersTimeout: limits.headersTime,
    requestTimeout: limits.requestTime,
    keepAliveTimeout: limits.idleTime,
    connectionsCheckingInterval: Math.min(5_000, limits.headersTime),
  }
  const secure = typeof tls === 'object' ? await readTls(tls, now) : undefined
  const tlsServer = secure === undefined ? undefined : https.createServer({ ...options, ...secure.options })
  const server: Server = tlsServer ?? http.createServer(options)
  server.maxConnections = limits.connections
  server.timeout = limits.stallTime

  const connections = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  const ready = new Set<Socket>()
  server.on(tlsServer === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    translateMethods(socket)
    ready.add(socket)
    socket.once('close', () => ready.delete(socket))
  })
  // Node's own also ends connections whose last answer is not all sent yet; see closeListener.
  server.closeIdleConnections = () => {}
  prepare(server)

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: address, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  // A server that listens on TCP has such an address.
  const bound = server.address() as AddressInfo
  const name = isIP(host) === 6 ? `[${host}]` : host
  return {
    server,
    address: {
      host,
      port: bound.port,
      url: `${secure === undefined ? 'http' : 'https'}://${name}:${bound.port}`,
    },
    certificates: secure?.source,
    setCertificates: (certificates) => tlsServer?.setSecureContext({ ...secure?.options, ...certificates }),
    connections,
    ready,
  }
}

/** Stops listening, lets what is under way finish, and after `gracePeriod` milliseconds cuts off the rest. */
export async function closeListener(
  { server, connections, ready }: OpenListener,
  gracePeriod: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  for (const socket of ready) {
    const release = () => {
      if (isUnused(socket)) socket.destroySoon()
    }
    release()
    // An answer whose head is sent already cannot say that the connection ends with it.
    pendingExchange(socket)?.response.once('close', release)
  }
  const timer = setTimeout(() => {
    for (const socket of connections) socket.destroy()
  }, gracePeriod)
  await closed
  clearTimeout(timer)
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

function isLoopback(address: string): boolean {
  return loopback.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

async function readTls(
  tls: ListenerTls,
  now: () => number,
): Promise<{ options: TlsOptions; source: CertificateSource }> {
  const { certificate, clients = { demand: 'none' } } = tls
  const source =
    certificate.kind === 'files'
      ? fileSource(certificate.certFile, certificate.keyFile, clients.caFile)
      : localSource(certificate.folder, certificate.names ?? [], clients.caFile, now)
  return {
    source,
    options: {
      ...(await source.read()),
      minVersion: tls.minVersion ?? 'TLSv1.2',
      ...(tls.maxVersion === undefined ? {} : { maxVersion: tls.maxVersion }),
      ciphers: tls.ciphers ?? standardCiphers,
      requestCert: clients.demand !== 'none',
      rejectUnauthorized: clients.demand === 'require',
    },
  }
}
