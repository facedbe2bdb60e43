import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { signToken, type TestKey } from '../../src/auth/jwt/tokens-for-tests.ts'
import type { JsonObject } from '../../src/base/json/json.ts'
import { issueAuthority, issueLeaf } from '../../src/http/tls/issue.ts'
import type { HostName } from '../../src/http/tls/names.ts'

type Account = {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly annotations?: Readonly<Record<string, string>>
}

/** A stand-in for the API server of a Kubernetes cluster, over TLS, with the switches that tests need. */
export type ApiServer = {
  readonly url: string
  readonly ca: string
  /** May review tokens. */
  readonly reviewer: string
  /** A projected token of an account. */
  tokenFor(account: Account, claims?: JsonObject): string
  /** The account is there no more, and none of its tokens holds. */
  remove(account: Account): void
  label(namespace: string, labels: Readonly<Record<string, string>>): void
  /** Answers reviews in another way from now on; undefined as it should. */
  misbehave(how: ((request: IncomingMessage, response: ServerResponse) => void) | undefined): void
  /** What was asked, with the credential that was shown. */
  readonly asked: readonly { readonly path: string; readonly bearer: string }[]
  stop(): Promise<void>
}

export async function startApiServer(key: TestKey, now: () => number): Promise<ApiServer> {
  const names: HostName[] = [{ kind: 'ip', text: '127.0.0.1' }]
  const authority = await issueAuthority(names, Date.now())
  const { pem, certificate } = await issueLeaf(authority, names, Date.now())
  const reviewer = 'reviewer-token'
  const accounts = new Map<string, Account>()
  const tokens = new Map<string, { account: Account; audiences: string[] }>()
  const labels = new Map<string, Readonly<Record<string, string>>>()
  const asked: { path: string; bearer: string }[] = []
  let odd: ((request: IncomingMessage, response: ServerResponse) => void) | undefined
  const server = createServer({ key: pem, cert: certificate }, (request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  const keyOf = ({ namespace, name }: Account) => `${namespace}/${name}`

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? ''
    const bearer = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    asked.push({ path, bearer })
    if (odd !== undefined) return odd(request, response)
    const known = tokens.get(bearer)
    const allowed =
      bearer === reviewer || (known !== undefined && accounts.get(keyOf(known.account)) === known.account)
    if (!allowed) return answer(response, 401, { kind: 'Status' })
    if (path === '/apis/authentication.k8s.io/v1/tokenreviews') {
      return answer(response, 201, review(JSON.parse(await text(request)) as Review))
    }
    const [, namespace = '', name] =
      /^\/api\/v1\/namespaces\/([^/]+)(?:\/serviceaccounts\/([^/]+))?$/.exec(path) ?? []
    if (name !== undefined) {
      const annotations = accounts.get(`${namespace}/${name}`)?.annotations ?? {}
      return answer(response, 200, { metadata: { name, annotations } })
    }
    const found = labels.get(namespace)
    if (found === undefined) return answer(response, 404, { kind: 'Status' })
    answer(response, 200, { metadata: { name: namespace, labels: found } })
  }

  type Review = { spec: { token: string; audiences?: string[] } }
  function review({ spec }: Review): object {
    const known = tokens.get(spec.token)
    const alive = known !== undefined && accounts.get(keyOf(known.account)) === known.account
    if (!alive) return { status: { error: 'the token is not known' } }
    const audiences = (spec.audiences ?? []).filter((one) => known.audiences.includes(one))
    if (spec.audiences !== undefined && audiences.length === 0) return { status: { authenticated: false } }
    const { namespace, name, uid } = known.account
    const username = `system:serviceaccount:${namespace}:${name}`
    return { status: { authenticated: true, audiences, user: { username, uid } } }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo
  return {
    url: `https://127.0.0.1:${port}`,
    ca: authority.certificate,
    reviewer,
    asked,
    tokenFor(account, claims = {}) {
      const audiences = ['https://kubernetes.default.svc']
      const begin = Math.floor(now() / 1000)
      const payload = {
        iss: 'https://kubernetes.default.svc',
        aud: audiences,
        iat: begin,
        nbf: begin,
        exp: begin + 3600,
        'kubernetes.io': {
          namespace: account.namespace,
          serviceaccount: { name: account.name, uid: account.uid },
        },
        ...claims,
      }
      const token = signToken(payload, { key })
      if (!accounts.has(keyOf(account))) accounts.set(keyOf(account), account)
      tokens.set(token, { account, audiences: (payload.aud ?? []) as string[] })
      return token
    },
    remove: (account) => accounts.delete(keyOf(account)),
    label: (namespace, values) => labels.set(namespace, values),
    misbehave: (how) => {
      odd = how
    },
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
