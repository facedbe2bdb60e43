import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DemoProvider, startProvider } from '../../../src/demo/provider/provider.ts'
import { type RunningServer, startTlsServer } from '../../support/server.ts'
import { expectOk } from '../../support/vault.ts'
import { type Environment, type Run, runProgram } from '../python/python.ts'

/** A secrets store as fedcloudclient expects it, with an identity provider. */
export type Deployment = {
  readonly server: RunningServer
  readonly provider: DemoProvider
  /** An access token of one of the provider's people. */
  accessToken(name: string): Promise<string>
  /** A token of the server for the access token. */
  logIn(accessToken: string): Promise<string>
  /** Where a person's secrets are. */
  pathOf(name: string): string
  stop(): Promise<void>
}

/**
 * Key-value secrets, version 1, at `secrets/`, where each person has `users/<their id>/`; logins with a JWT, whose
 * claim `voperson_id` is the id; and the right to make lockers. All of it set up through the API.
 */
export async function startDeployment(): Promise<Deployment> {
  const provider = await startProvider({ port: 0, audience: 'coffer' })
  let server: RunningServer | undefined
  try {
    server = await startTlsServer()
    await configure(server, provider)
  } catch (error) {
    await server?.stop()
    await provider.stop()
    throw error
  }
  const running = server
  return {
    server: running,
    provider,
    accessToken: (name) => provider.mintAccessToken(name),
    async logIn(jwt) {
      const login = await expectOk({ ...running, token: '' }, 'POST', 'auth/jwt/login', { role: '', jwt })
      return login.auth.client_token
    },
    pathOf(name) {
      const person = provider.people.find((candidate) => candidate.name === name)
      if (person === undefined) throw new Error(`nobody is called ${name}`)
      return `secrets/users/${person.vopersonId}`
    },
    async stop() {
      await running.stop()
      await provider.stop()
    },
  }
}

async function configure(server: RunningServer, provider: DemoProvider): Promise<void> {
  await expectOk(server, 'POST', 'sys/mounts/secrets', { type: 'kv', options: { version: '1' } })
  await expectOk(server, 'POST', 'sys/auth/jwt', { type: 'jwt' })
  const methods = await expectOk(server, 'GET', 'sys/auth')
  const person = `{{identity.entity.aliases.${methods.data['jwt/'].accessor}.name}}`
  await expectOk(server, 'PUT', 'sys/policies/acl/people', {
    policy: `
      path "secrets/users/${person}/*" { capabilities = ["create", "read", "update", "delete", "list"] }
      path "auth/token/create" { capabilities = ["create", "update"] }
    `,
  })
  await expectOk(server, 'POST', 'auth/jwt/config', {
    oidc_discovery_url: provider.issuer,
    default_role: 'people',
  })
  await expectOk(server, 'POST', 'auth/jwt/role/people', {
    role_type: 'jwt',
    user_claim: 'voperson_id',
    bound_audiences: ['coffer'],
    token_policies: ['people'],
  })
}

export type Fedcloud = {
  /** Runs `fedcloud ARGS...` to its end. */
  run(args: readonly string[], input?: string): Promise<Run>
  /** Runs it and resolves to what it printed; a failure of the command is an error. */
  succeed(args: readonly string[], input?: string): Promise<string>
  /** Its home and working folder. */
  readonly folder: string
  stop(): Promise<void>
}

/** The client, installed unchanged, set to talk to a server and to trust its authority. */
export async function fedcloud(environment: Environment, server: RunningServer): Promise<Fedcloud> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-fedcloud-'))
  const startup = fileURLToPath(new URL('startup', import.meta.url))
  const variables = {
    HOME: folder,
    FEDCLOUD_VAULT_ENDPOINT: server.address,
    REQUESTS_CA_BUNDLE: server.caFile ?? '',
    ...(environment === 'fedcloudclient-1.4.4' ? { PYTHONPATH: startup } : {}),
  }
  const run: Fedcloud['run'] = (args, input) =>
    runProgram(environment, 'fedcloud', ['secret', ...args], variables, input)
  return {
    folder,
    run,
    async succeed(args, input) {
      const { code, stdout, stderr } = await run(args, input)
      if (code === 0) return stdout
      throw new Error(`fedcloud secret ${args[0]} ended with ${code}:\n${stdout}${stderr}`)
    },
    stop: () => rm(folder, { recursive: true, force: true }),
  }
}
