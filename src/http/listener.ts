import { lookup } from 'node:dns/promises'
import type { Server } from 'node:http'
import { type AddressInfo, BlockList, isIP, type Socket } from 'node:net'
import type { SecureContextOptions, TLSSocket, TlsOptions } from 'node:tls'
import { isDeepStrictEqual } from 'node:util'
import { fail } from '../base/errors.ts'
import { http, https } from '../base/web/node-http.ts'
import { standardCiphers } from '../core/config/ciphers.ts'
import type { Limits } from './limits.ts'
import type { Forwarded } from './request/forwarded.ts'
import { type CertificateReader, provenClients } from './tls/clients.ts'
import { type CertificateSource, fileSource, localSource } from './tls/source.ts'
import { isUnused, pendingExchange, translateMethods } from './wire.ts'

/** What a listener wants of its clients' certificates. */
export type ClientCertificates = {
  /** `ask`: one is asked for, and any or none will do; one that no authority below vouches for says nothing. */
  readonly demand: 'none' | 'ask' | 'require'
  /** PEM file of the authorities that certificates must come from. Without it none is believed. */
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
  /**
   * Puts new certificates to use for the connections to come. Where other authorities vouch for clients from then on,
   * those for whom the former ones did have to connect anew.
   */
  setCertificates(certificates: SecureContextOptions): void
  /** Every connection, also those that are still shaking hands. */
  readonly connections: ReadonlySet<Socket>
  /** The connections that HTTP is spoken on. */
  readonly ready: ReadonlySet<Socket>
}

/**
 * Gets a listener's server before it listens, whether nobody on the way can read what is sent to it, and what tells
 * the certificates of its clients, if it believes any.
 */
export type Prepare = (server: Server, isPrivate: boolean, certificateOf?: CertificateReader) => void

/**
 * Binds a listener; requests go to the server's `request` event.
 *
 * @param now milliseconds since 1970
 * @throws invalid_config for plain HTTP where it is not allowed and for certificates that do not load
 */
export async function openListener(
  { host, port, tls }: Listener,
  limits: Limits,
  now: () => number,
  prepare: Prepare,
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
  const clients = believesClients(tls) ? provenClients(now) : undefined
  if (clients !== undefined) tlsServer?.on('secureConnection', (socket: TLSSocket) => clients.note(socket))
  server.on(tlsServer === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    translateMethods(socket)
    ready.add(socket)
    socket.once('close', () => ready.delete(socket))
  })
  // Node's own also ends connections whose last answer is not all sent yet; see closeListener.
  server.closeIdleConnections = () => {}
  prepare(server, tlsServer !== undefined || isLoopback(address), clients?.of)

  let authorities = secure?.options.ca
  function setCertificates(certificates: SecureContextOptions): void {
    tlsServer?.setSecureContext({ ...secure?.options, ...certificates })
    if (clients === undefined || isDeepStrictEqual(authorities, certificates.ca)) return
    authorities = certificates.ca
    const settled = new Set([...ready].map(endsOf))
    // Who is shaking hands began with the authorities of before.
    for (const socket of connections) if (!settled.has(endsOf(socket))) socket.destroy()
    const vouchedFor = [...ready].filter((socket) => clients.of(socket) !== undefined)
    clients.forget()
    vouchedFor.forEach(endWhenUnused)
  }

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
    setCertificates,
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
  for (const socket of ready) endWhenUnused(socket)
  const timer = setTimeout(() => {
    for (const socket of connections) socket.destroy()
  }, gracePeriod)
  await closed
  clearTimeout(timer)
}

function endWhenUnused(socket: Socket): void {
  const release = () => {
    if (isUnused(socket)) socket.destroySoon()
  }
  release()
  // An answer whose head is sent already cannot say that the connection ends with it.
  pendingExchange(socket)?.response.once('close', release)
}

/** Tells connections of a listener apart, before and after the handshake. */
const endsOf = ({ localAddress, remoteAddress, remotePort }: Socket) =>
  `${localAddress} ${remoteAddress} ${remotePort}`

/** Without authorities of its own, the runtime's would do for a listener: everybody's on the web. */
const believesClients = (tls: Listener['tls']): boolean =>
  typeof tls === 'object' && tls.clients?.caFile !== undefined && tls.clients.demand !== 'none'

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
