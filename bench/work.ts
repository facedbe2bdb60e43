import { exportSPKI, generateKeyPair, SignJWT } from 'jose'

/** One kind of request, as many variants of it as make sense; each connection takes its share of them. */
export type Work = {
  readonly kind: 'read' | 'read-beside' | 'write' | 'list' | 'encrypt' | 'lookup' | 'login'
  readonly name: string
  readonly requests: readonly Sent[]
  /** What one more connection does meanwhile, which is not measured. */
  readonly beside?: readonly Sent[]
}
export type Sent = {
  readonly method: 'GET' | 'PUT' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export type Server = { readonly url: string; readonly token: string }

/** Secrets that are read and written; more than connections, so that none waits for another's row. */
const secretCount = 1024
const listLength = 200
const logins = 1024

export const secretOf = (i: number) => ({
  user: `user-${i}`,
  password: 'correct horse battery staple',
  port: 5432,
})

export async function call(server: Server, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${server.url}/v1/${path}`, {
    method,
    headers: { 'x-vault-token': server.token },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}

/**
 * Mounts, a policy, a token that has it, secrets and logins, all through the API, on any server that speaks
 * it; then what to measure.
 */
export async function prepare(server: Server): Promise<Work[]> {
  await call(server, 'POST', 'sys/mounts/bench', { type: 'kv', options: { version: '1' } })
  await call(server, 'POST', 'sys/mounts/bench-transit', { type: 'transit' })
  await call(server, 'POST', 'bench-transit/keys/bench', {})
  await call(server, 'POST', 'sys/auth/bench-jwt', { type: 'jwt' })
  await call(server, 'PUT', 'sys/policies/acl/bench', {
    policy:
      'path "bench/*" { capabilities = ["create", "read", "update", "delete", "list"] } ' +
      'path "bench-transit/*" { capabilities = ["update"] }',
  })
  for (let i = 0; i < secretCount; i++) await call(server, 'PUT', `bench/secrets/${i}`, secretOf(i))
  for (let i = 0; i < listLength; i++) await call(server, 'PUT', `bench/list/name-${i}`, secretOf(i))
  const made = (await call(server, 'POST', 'auth/token/create', { policies: ['bench'] })) as {
    auth: { client_token: string }
  }
  const headers = { 'x-vault-token': made.auth.client_token }
  const many = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i))
  const read = reads([made.auth.client_token])
  const writes = many<Sent>(secretCount, (i) => ({
    method: 'PUT',
    path: `/v1/bench/secrets/${i}`,
    headers,
    body: JSON.stringify(secretOf(i)),
  }))
  return [
    { kind: 'read', name: 'KV v1 read', requests: read },
    { kind: 'read-beside', name: 'KV v1 read, a writer beside', requests: read, beside: writes },
    { kind: 'write', name: 'KV v1 write', requests: writes },
    {
      kind: 'list',
      name: `KV v1 list of ${listLength}`,
      requests: [{ method: 'GET', path: '/v1/bench/list?list=true', headers }],
    },
    {
      kind: 'encrypt',
      name: 'transit encrypt',
      requests: [
        {
          method: 'POST',
          path: '/v1/bench-transit/encrypt/bench',
          headers,
          body: JSON.stringify({ plaintext: Buffer.from(JSON.stringify(secretOf(0))).toString('base64') }),
        },
      ],
    },
    {
      kind: 'lookup',
      name: 'token lookup-self',
      requests: [{ method: 'GET', path: '/v1/auth/token/lookup-self', headers }],
    },
    { kind: 'login', name: 'JWT login (RS256)', requests: await loginRequests(server) },
  ]
}

/** Reads of the prepared secrets, by as many callers as there are tokens. */
export function reads(tokens: readonly string[]): Sent[] {
  return Array.from({ length: Math.max(secretCount, tokens.length) }, (_, i) => ({
    method: 'GET',
    path: `/v1/bench/secrets/${i % secretCount}`,
    headers: { 'x-vault-token': tokens[i % tokens.length] ?? '' },
  }))
}

async function loginRequests(server: Server): Promise<Sent[]> {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const issuer = 'https://issuer.example.org'
  await call(server, 'POST', 'auth/bench-jwt/config', {
    jwt_validation_pubkeys: [await exportSPKI(publicKey)],
    bound_issuer: issuer,
  })
  await call(server, 'POST', 'auth/bench-jwt/role/bench', {
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: ['bench'],
    token_policies: ['bench'],
    token_ttl: '1h',
  })
  const sent: Sent[] = []
  for (let i = 0; i < logins; i++) {
    const jwt = await new SignJWT({})
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(issuer)
      .setSubject(`person-${i}`)
      .setAudience('bench')
      .setIssuedAt()
      .setExpirationTime('2h')
      .sign(privateKey)
    sent.push({
      method: 'POST',
      path: '/v1/auth/bench-jwt/login',
      headers: {},
      body: JSON.stringify({ role: 'bench', jwt }),
    })
  }
  return sent
}
