import { isIP } from 'node:net'
import { failAt, type HclBlock } from '../../base/hcl/hcl.ts'
import { cipherNames } from './ciphers.ts'
import { key, or, type Values } from './keys.ts'
import { type Read, type Reader, readSection, section } from './section.ts'

/** A `listener "tcp"`. Times in milliseconds, sizes in bytes; what is absent was not set. */
export type ListenerConfig = {
  readonly host: string
  readonly port: number
  /** `disabled`: plain HTTP, as the operator insists. */
  readonly tls: TlsConfig | 'disabled'
  readonly limits: {
    readonly bodyBytes?: number
    readonly headersTime?: number
    readonly requestTime?: number
    readonly idleTime?: number
    readonly answerTime?: number
    /** From the last byte of a request until its answer is known. */
    readonly handlingTime?: number
    /** Without a byte in either direction; longer where a request may take longer. */
    readonly stallTime?: number
  }
  /** Whose word about the client's address is taken; absent when nobody's is. */
  readonly forwarded: ForwardedConfig | undefined
  /** Metrics need no token. */
  readonly openMetrics: boolean
}

export type TlsConfig = {
  /** `local`: made and renewed by the server itself. */
  readonly certificate:
    | { readonly kind: 'files'; readonly certFile: string; readonly keyFile: string }
    | { readonly kind: 'local' }
  readonly clients: { readonly demand: 'none' | 'ask' | 'require'; readonly caFile?: string }
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3'
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3'
  /** OpenSSL's names, separated by colons. */
  readonly ciphers: string | undefined
}

export type ForwardedConfig = {
  /** Addresses and networks of the proxies. */
  readonly proxies: readonly string[]
  /** How many proxies stand between the nearest one and the client. */
  readonly hopSkips: number
  /** Refuse requests without the header; else the connection's address counts. */
  readonly rejectNotPresent: boolean
  /** Refuse requests that carry the header and come from elsewhere; else it is ignored. */
  readonly rejectNotAuthorized: boolean
}

const tlsVersions = { tls12: 'TLSv1.2', tls13: 'TLSv1.3' } as const
const noProxy = 'it would change whose address a request counts for; use x_forwarded_for_authorized_addrs'
const noForwardedCertificate = 'certificates are taken from the connection only'
const noUnix = 'only TCP is'
const noRedaction = 'put a proxy in front that closes sys/health, sys/seal-status and sys/leader'
const jsonBounds = 'the size of a body and a fixed depth bound it'
const noAcme = 'give the certificate in tls_cert_file; it is loaded again when the file changes'

export const listenerSection = section({
  title: 'listener "tcp"',
  about:
    'An address on which the API is served. There may be several. Without `tls_cert_file` the server makes a certificate itself, signed by an authority of this machine that it makes on first start.',
  example: `listener "tcp" {
  address       = "0.0.0.0:8200"
  tls_cert_file = "/etc/coffer/tls/server.pem"
  tls_key_file  = "/etc/coffer/tls/server.key"
}`,
  keys: {
    address: or(
      '127.0.0.1:8200',
      key.text('Address and port. Without a port 8200; without an address all of IPv4.'),
    ),
    tls_disable: or(false, key.flag('Serve plain HTTP: every secret and token can then be read on the way.')),
    tls_cert_file: key.text(
      'Certificate chain, PEM, the server’s first. Loaded again when it changes and on SIGHUP.',
    ),
    tls_key_file: key.text('Private key of the certificate, PEM.'),
    tls_min_version: or('tls12', key.choice('Oldest version of TLS that is spoken.', tlsVersions)),
    tls_max_version: or('tls13', key.choice('Newest version of TLS that is spoken.', tlsVersions)),
    tls_cipher_suites: key.list(
      'Cipher suites of TLS 1.2 by their IANA names, separated by commas; all that have forward secrecy and authenticated encryption unless set. Those of TLS 1.3 are all good and stay on.',
    ),
    tls_client_ca_file: key.text(
      'Authorities of client certificates, PEM, with their roots. A certificate that none of them vouches for says nothing about a client. Loaded again when it changes; clients that a former one vouched for have to connect anew then.',
    ),
    tls_require_and_verify_client_cert: or(
      false,
      key.flag('Refuse connections without a certificate from `tls_client_ca_file`.'),
    ),
    tls_disable_client_certs: or(
      false,
      key.flag('Do not ask for client certificates. Else they are asked for, and any or none will do.'),
    ),
    max_request_size: key.count('Largest body of a request, bytes; 4 MiB unless set; larger ones get 413.', {
      min: 1024,
      max: 1024 ** 3,
    }),
    max_request_duration: key.duration(
      'How long a request may take, from its last byte until its answer is known; 90 seconds unless set. Longer ones get 500, and change nothing any more unless they already have.',
    ),
    http_read_header_timeout: key.duration('Until the headers of a request are here.'),
    http_read_timeout: key.duration('Until a whole request is here.'),
    http_idle_timeout: key.duration('How long a connection may wait for its next request.'),
    http_write_timeout: key.duration('How long a client may take to receive an answer.'),
    x_forwarded_for_authorized_addrs: key.networks(
      'Proxies whose `X-Forwarded-For` header is believed: addresses and networks.',
    ),
    x_forwarded_for_hop_skips: or(
      0,
      key.count(
        'How many addresses at the end of the header are passed over: proxies before the nearest one.',
        { max: 32 },
      ),
    ),
    x_forwarded_for_reject_not_present: or(true, key.flag('Refuse requests without the header.')),
    x_forwarded_for_reject_not_authorized: or(
      true,
      key.flag('Refuse requests that carry the header and come from elsewhere.'),
    ),
  },
  blocks: { telemetry: 0 },
  ignored: {
    cluster_address: 'nodes do not talk to each other, they share the store',
    profiling: 'there are no profiling endpoints',
    inflight_requests_logging: 'requests under way need a token to be seen',
    max_request_json_memory: jsonBounds,
    max_request_json_strings: jsonBounds,
    max_json_depth: jsonBounds,
    max_json_string_value_length: jsonBounds,
    max_json_object_entry_count: jsonBounds,
    max_json_array_element_count: jsonBounds,
    max_json_token: jsonBounds,
    disable_request_limiter: 'there is no such limiter',
    disable_replication_status_endpoints: 'there are no such endpoints',
    tls_auto_reload: 'certificates are always loaded again when their files change',
    tls_auto_reload_interval: 'certificates are always loaded again when their files change',
    tls_prefer_server_cipher_suites: 'the server’s order always counts',
    tls_key_exchange_preferences: 'the defaults are used',
    disable_unauthed_rekey_endpoints: 'the endpoints are as in Vault',
    disable_unauthed_generate_root_endpoints: 'the endpoints are as in Vault',
  },
  refused: {
    proxy_protocol_behavior: noProxy,
    proxy_protocol_authorized_addrs: noProxy,
    require_request_header: 'the header is ignored, so it would protect nothing',
    role: 'every listener serves the whole API',
    purpose: 'every listener serves the whole API',
    chroot_namespace: 'there is one namespace',
    redact_addresses: noRedaction,
    redact_cluster_name: noRedaction,
    redact_version: noRedaction,
    socket_mode: noUnix,
    socket_user: noUnix,
    socket_group: noUnix,
    custom_response_headers: 'headers are set by a proxy in front',
    x_forwarded_for_client_cert_header: noForwardedCertificate,
    x_forwarded_for_client_cert_decoders: noForwardedCertificate,
    x_forwarded_for_client_cert_keep_not_forwarded: noForwardedCertificate,
    x_forwarded_for_client_cert_keep_unauthorized: noForwardedCertificate,
    tls_acme_ca_directory: noAcme,
    tls_acme_cache_path: noAcme,
    tls_acme_domains: noAcme,
    tls_acme_email: noAcme,
  },
})

export const listenerTelemetrySection = section({
  title: 'telemetry, in listener "tcp"',
  about: 'Who may read the metrics on this listener.',
  example: `telemetry {
  unauthenticated_metrics_access = true
}`,
  keys: {
    unauthenticated_metrics_access: or(false, key.flag('Metrics need no token.')),
  },
  refused: {
    disallow_metrics: 'metrics need a token unless unauthenticated_metrics_access is set',
    metrics_only: 'every listener serves the whole API',
    metrics_path: 'metrics are at sys/metrics',
  },
})

type Keys = (typeof listenerSection)['keys']

/** @param standard `max_request_duration` where the listener does not say, seconds */
export function readListener(
  { labels, at, body }: HclBlock,
  standard: number | undefined,
  reader: Reader,
): ListenerConfig {
  if (labels[0] !== 'tcp') {
    failAt(reader.source, at, `listener ${JSON.stringify(labels[0])} is not supported: only "tcp" is`)
  }
  const read = readSection(listenerSection, body, reader)
  const { values } = read
  const telemetry = read
    .blocks('telemetry')
    .map((block) => readSection(listenerTelemetrySection, block.body, reader))
  return {
    ...readAddress(read),
    tls: values.tls_disable ? withoutTls(read) : readTls(read),
    limits: limitsOf(values, standard),
    forwarded: forwardedOf(read, reader),
    openMetrics: telemetry.some((one) => one.values.unauthenticated_metrics_access),
  }
}

function readAddress({ values, wrong }: Read<Keys>): { host: string; port: number } {
  const bad = () =>
    wrong('address', 'address must be a host and a port, such as "127.0.0.1:8200" or "[::1]:8200"')
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(values.address)
  const port = Number(match?.[3] ?? 8200)
  const host = match?.[1] ?? match?.[2]
  if (host === undefined || port > 65_535) return bad()
  if (match?.[1] !== undefined ? isIP(host) !== 6 : !/^[\w.-]*$/.test(host)) return bad()
  return { host: host === '' ? '0.0.0.0' : host, port }
}

const tlsKeys = [
  'tls_cert_file',
  'tls_key_file',
  'tls_min_version',
  'tls_max_version',
  'tls_cipher_suites',
  'tls_client_ca_file',
  'tls_require_and_verify_client_cert',
] as const

function withoutTls({ isSet, wrong }: Read<Keys>): 'disabled' {
  for (const name of tlsKeys) if (isSet(name)) wrong(name, `${name} says nothing together with tls_disable`)
  return 'disabled'
}

function readTls({ values, wrong }: Read<Keys>): TlsConfig {
  const { tls_cert_file: certFile, tls_key_file: keyFile, tls_min_version: minVersion } = values
  if (certFile === undefined && keyFile !== undefined)
    wrong('tls_key_file', 'tls_key_file needs tls_cert_file')
  if (certFile !== undefined && keyFile === undefined)
    wrong('tls_cert_file', 'tls_cert_file needs tls_key_file')
  if (minVersion > values.tls_max_version)
    wrong('tls_min_version', 'tls_min_version is newer than tls_max_version')
  return {
    certificate:
      certFile === undefined || keyFile === undefined
        ? { kind: 'local' }
        : { kind: 'files', certFile, keyFile },
    clients: readClients(values, wrong),
    minVersion,
    maxVersion: values.tls_max_version,
    ciphers:
      values.tls_cipher_suites &&
      cipherNames(values.tls_cipher_suites, (text) => wrong('tls_cipher_suites', text)),
  }
}

function readClients(values: Values<Keys>, wrong: Read<Keys>['wrong']): TlsConfig['clients'] {
  const { tls_client_ca_file: caFile, tls_require_and_verify_client_cert: required } = values
  const name = 'tls_require_and_verify_client_cert'
  if (required && values.tls_disable_client_certs) wrong(name, `${name} contradicts tls_disable_client_certs`)
  if (required && caFile === undefined) wrong(name, `${name} needs tls_client_ca_file`)
  if (values.tls_disable_client_certs) return { demand: 'none' }
  return { demand: required ? 'require' : 'ask', ...(caFile === undefined ? {} : { caFile }) }
}

/** A connection on which a request is served is left alone for so much longer than the request may take. */
const slack = 30_000

function limitsOf(values: Values<Keys>, standard: number | undefined): ListenerConfig['limits'] {
  const handlingTime = milliseconds(values.max_request_duration) ?? milliseconds(standard)
  const limits = {
    bodyBytes: values.max_request_size,
    headersTime: milliseconds(values.http_read_header_timeout),
    requestTime: milliseconds(values.http_read_timeout),
    idleTime: milliseconds(values.http_idle_timeout),
    answerTime: milliseconds(values.http_write_timeout),
    handlingTime,
    stallTime: handlingTime === undefined ? undefined : handlingTime + slack,
  }
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined))
}

/** Zero stands for the default, as in Vault: a limit cannot be switched off. */
const milliseconds = (seconds: number | undefined) =>
  seconds === undefined || seconds === 0 ? undefined : Math.ceil(seconds * 1000)

const forwardedKeys = [
  'x_forwarded_for_hop_skips',
  'x_forwarded_for_reject_not_present',
  'x_forwarded_for_reject_not_authorized',
] as const

function forwardedOf({ values, isSet, at }: Read<Keys>, reader: Reader): ForwardedConfig | undefined {
  const proxies = values.x_forwarded_for_authorized_addrs ?? []
  if (proxies.length === 0) {
    for (const name of forwardedKeys.filter(isSet)) {
      reader.warn(at(name), `${name} has no effect: x_forwarded_for_authorized_addrs names nobody`)
    }
    return undefined
  }
  return {
    proxies,
    hopSkips: values.x_forwarded_for_hop_skips,
    rejectNotPresent: values.x_forwarded_for_reject_not_present,
    rejectNotAuthorized: values.x_forwarded_for_reject_not_authorized,
  }
}
