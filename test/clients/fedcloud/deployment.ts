import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { example } from '../../../src/demo/provider/people.ts'
import { type DemoProvider, startProvider } from '../../../src/demo/provider/provider.ts'
import { type RunningServer, startTlsServer } from '../../support/server.ts'
import { expectOk } from '../../support/vault.ts'
import { type Environment, type Run, runProgram } from '../python/python.ts'

/** A secrets store as fedcloudclient expects it, with an identity provider. */
export type Deployment = {
  readonly server: RunningServer
  /** An access token of one of the provider's people. */
  accessToken(name: string): Promise<string>
  /** A token of the server for the access token. */
  logIn(accessToken: string): Promise<string>
  /** Where a person's secrets are. */
  pathOf(name: string): string
  stop(): Promise<void>
}

const audience = 'coffer'

/** A server with a space for each person, by the profile of EGI Check-in, turned to the stand-in provider. */
export async function startDeployment(): Promise<Deployment> {
  const provider = await startProvider({ port: 0, audience })
  try {
    const server = await startTlsServer({ configuration: spaces(provider) })
    return {
      server,
      accessToken: (name) => provider.mintAccessToken(name),
      async logIn(jwt) {
        const login = await expectOk({ ...server, token: '' }, 'POST', 'auth/jwt/login', { role: '', jwt })
        return login.auth.client_token
      },
      pathOf(name) {
        const person = provider.people.find((candidate) => candidate.name === name)
        if (person === undefined) throw new Error(`nobody is called ${name}`)
        return `secrets/users/${person.vopersonId}`
      },
      async stop() {
        await server.stop()
        await provider.stop()
      },
    }
  } catch (error) {
    await provider.stop()
    throw error
  }
}

const spaces = (provider: DemoProvider): string => `
spaces "example" {
  profile           = "egi"
  issuer            = "${provider.issuer}"
  bound_audiences   = ["${audience}"]
  group_namespaces  = ["${example.namespace}"]
  group_authorities = ["${example.authority}"]

  vo "${example.vo}" {
    write_role = "manager"
  }
}
`

export type Fedcloud = {
  /** Runs `fedcloud secret ARGS...` to its end. */
  run(args: readonly string[], input?: string): Promise<Run>
  /** Runs it and resolves to what it printed; a failure of the command is an error. */
  succeed(args: readonly string[], input?: string): Promise<string>
  /** Its home. */
  readonly folder: string
  stop(): Promise<void>
}

/** The client, installed unchanged, set to talk to a server and to trust its authority. */
export async function fedcloud(
  environment: Environment,
  server: Pick<RunningServer, 'address' | 'caFile'>,
): Promise<Fedcloud> {
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
