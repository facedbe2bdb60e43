import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, relative } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Io } from '../cli/io.ts'
import { say } from '../cli/output/say.ts'
import { portOf, splitAddress } from '../cli/server/address.ts'
import { type HomeFolders, homeFolders, type Running, standardAudit, startAll } from '../cli/server/run.ts'
import { standardTtl } from '../core/server.ts'
import { localFiles } from '../http/tls/local.ts'
import { beAlone } from './alone.ts'
import { greeting } from './greeting.ts'
import { example } from './provider/people.ts'
import { type DemoProvider, startProvider } from './provider/provider.ts'
import { exampleSpaces, pageOf } from './spaces.ts'
import { untilToldToStop } from './stop.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const home = join(root, '.coffer')
const audience = 'coffer'
/** Of the client `coffer-demo`. It protects nothing: anybody is anyone at the stand-in. */
const clientSecret = 'stand-in'
/** Of the web page; it protects nothing either. */
const pageClient = { clientId: 'coffer-page', clientSecret }
const pageScopes = ['profile', 'email', 'voperson_id', 'eduperson_entitlement']

const io: Io = {
  env: process.env,
  home: homedir(),
  stdin: process.stdin,
  // Not said to be a terminal, so that the root token is where the README looks for it.
  stdout: { write: (text) => process.stdout.write(text) },
  stderr: process.stderr,
  now: () => Date.now(),
  pause: (milliseconds) => pause(milliseconds),
}

/**
 * `npm start`: a real server on its own store, and beside it, in the same process, a stand-in identity provider
 * at which anybody is alice or bob. `COFFER_DATA` and `COFFER_KEYS` name the folders, `COFFER_LISTEN` the
 * server's address, `COFFER_PROVIDER_PORT` the provider's port.
 */
async function start(): Promise<void> {
  const folders = homeFolders(
    { COFFER_DATA: join(home, 'data'), COFFER_KEYS: join(home, 'keys'), ...process.env },
    home,
  )
  const alone = beAlone(folders.data)
  mkdirSync(folders.keys, { recursive: true, mode: 0o700 })
  // The provider's port is part of its name, and its name of who owns a space: it must be the same every time.
  const port = portOf(process.env.COFFER_PROVIDER_PORT ?? '8201', 'COFFER_PROVIDER_PORT')
  const listen = splitAddress(process.env.COFFER_LISTEN ?? '127.0.0.1:8200', 'COFFER_LISTEN')
  const stopped = untilToldToStop()
  const page = pageOf([...new Set([listen.host, 'localhost'])].map((host) => originAt(host, listen.port)))
  const provider = await startProvider({
    port,
    audience,
    clientSecret,
    folder: join(folders.keys, 'provider'),
    asksAnew: true,
    page: { ...pageClient, redirectUris: page.callbacks },
  })
  try {
    const server = await startServerBeside(provider, folders, listen, page.origins)
    say(
      io,
      greeting({
        ...server,
        ca: shown(localFiles(folders.tls).ca),
        provider: provider.issuer,
        vo: example.vo,
      }),
    )
    await stopped
    say(io, 'stopping …')
    await server.stop()
  } finally {
    await provider.stop()
    alone.release()
  }
}

function startServerBeside(
  provider: DemoProvider,
  folders: HomeFolders,
  listen: ReturnType<typeof splitAddress>,
  origins: readonly string[],
): Promise<Running> {
  return startAll(
    {
      settings: {
        storage: { type: 'sqlite', path: join(folders.data, 'coffer.db') },
        seal: { kind: 'static', folder: folders.keys },
        ttl: standardTtl,
        spaces: [exampleSpaces(provider.issuer, audience, { ...pageClient, scopes: pageScopes, origins })],
        audit: [standardAudit(folders)],
        auditFolder: folders.log,
      },
      listeners: [
        {
          ...listen,
          tls: { certificate: { kind: 'local', folder: folders.tls } },
        },
      ],
      logLevel: 'warn',
      initialize: true,
      keyFolder: folders.keys,
    },
    io,
  )
}

/** As browsers write it: with the port unless it is the usual one. */
const originAt = (host: string, port: number) =>
  new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`).origin

/** A path as a word of the shell, for someone in the repository's folder. */
function shown(path: string): string {
  const inside = relative(root, path)
  return inside.startsWith('..') ? `'${path.replaceAll("'", "'\\''")}'` : `"$PWD/${inside}"`
}

try {
  await start()
  process.exit(0)
} catch (error) {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  const hint = taken
    ? '; stop what has the port, or start on other ones with COFFER_LISTEN and COFFER_PROVIDER_PORT. Spaces belong ' +
      "to the provider's port: with another one, COFFER_DATA and COFFER_KEYS have to name new folders"
    : ''
  console.error(`coffer cannot start: ${error instanceof Error ? error.message : 'unknown fault'}${hint}`)
  process.exit(1)
}
