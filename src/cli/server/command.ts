import { join } from 'node:path'
import { standardTtl } from '../../core/server.ts'
import { defineCommand } from '../command/command.ts'
import { onOff, text } from '../command/flag.ts'
import type { Io } from '../io.ts'
import { say, warn } from '../output/say.ts'
import { splitAddress } from './address.ts'
import { configuredOptions, readText } from './configured.ts'
import { developmentOptions, greetDeveloper } from './development.ts'
import {
  homeFolders,
  type Running,
  type RunOptions,
  runUntilStopped,
  standardAudit,
  startAll,
} from './run.ts'
import { startWorkers } from './workers/primary.ts'
import { isWorker, runWorker } from './workers/worker.ts'

export const serverCommand = defineCommand({
  name: 'server',
  summary: 'Runs a server',
  details:
    'Without a configuration file it serves TLS on loopback from a store below the home directory, keeps ' +
    'an audit log beside it and unseals itself. With -dev everything is in memory and gone when it stops.',
  examples: [
    ['Run with what the configuration file says', 'coffer server -config=/etc/coffer.hcl'],
    ['Try something out', 'coffer server -dev -dev-root-token-id=root'],
  ],
  args: {},
  flags: {
    config: text('The configuration file, in HCL or JSON', 'file'),
    logLevel: text('How much is logged: info, warn or error; trace and debug are as info', 'level'),
    dev: onOff('Everything in memory, unsealed, plain HTTP on loopback'),
    devRootTokenId: text('The root token of a development server', 'token'),
    devListenAddress: text('Where a development server listens', 'address'),
    devTls: onOff('A development server with TLS'),
  },
  doing: () => 'starting the server',
  failure: 1,
  run: async ({ flags, io }) => {
    const { config, logLevel } = flags
    if (isWorker()) {
      // Its primary has read the same text, and warned.
      const quiet: Io = { ...io, stderr: { write: () => true } }
      return runWorker((text) => configuredOptions(config ?? '', logLevel, quiet, text), io)
    }
    const dev = flags.dev === true || flags.devTls === true
    const text = config === undefined || dev ? '' : readText(config)
    const options = dev
      ? developmentOptions(flags, io)
      : config === undefined
        ? standardOptions(logLevel, io)
        : configuredOptions(config, logLevel, io, text)
    const { workers = 1 } = options
    if (!dev && (options.settings.audit ?? []).length === 0) warn(io, notRecorded)
    const running = await (workers > 1 ? startWorkers(options, text, workers) : startAll(options, io))
    if (running === undefined) return 1
    if (dev) greetDeveloper(running, io)
    else greet(running, io)
    return runUntilStopped(running, io)
  },
})

const notRecorded =
  'there is no audit block: no request is recorded, unless a device was turned on with coffer audit enable'

function standardOptions(logLevel: string | undefined, io: Io): RunOptions {
  const folders = homeFolders(io.env, io.home)
  const { data, keys, tls, log } = folders
  const { host, port } = splitAddress(io.env.COFFER_LISTEN ?? '127.0.0.1:8200', 'COFFER_LISTEN')
  return {
    settings: {
      storage: { type: 'sqlite', path: join(data, 'coffer.db') },
      seal: { kind: 'static', folder: keys },
      ttl: standardTtl,
      spaces: [],
      audit: [standardAudit(folders)],
      auditFolder: log,
    },
    listeners: [{ host, port, tls: { certificate: { kind: 'local', folder: tls } } }],
    logLevel: logLevel ?? 'warn',
    initialize: true,
    keyFolder: keys,
  }
}

function greet({ url, rootToken, rootTokenFile }: Running, io: Io): void {
  say(io, `Coffer serves ${url}`)
  if (rootTokenFile !== undefined)
    say(
      io,
      `The root token is in ${rootTokenFile}; where others use the server, keep it elsewhere and remove the file.`,
    )
  else if (rootToken !== undefined) say(io, `Root token, shown this once: ${rootToken}`)
}
