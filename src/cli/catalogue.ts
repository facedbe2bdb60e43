import type { OpenCatalogue } from './command/command.ts'

/** Every command, in the order of the help. */
export const catalogue: OpenCatalogue = [
  {
    name: 'server',
    summary: 'Runs a server',
    load: async () => (await import('./server/command.ts')).serverCommand,
  },
  {
    name: 'status',
    summary: 'Shows whether the server is up and unsealed',
    load: async () => (await import('./status/status.ts')).statusCommand,
  },
  {
    name: 'login',
    summary: 'Logs in and stores the token for the commands that follow',
    load: async () => (await import('./login/login.ts')).loginCommand,
  },
  {
    name: 'read',
    summary: 'Reads any path of the API',
    load: async () => (await import('./data/read.ts')).readCommand,
  },
  {
    name: 'write',
    summary: 'Writes to any path of the API',
    load: async () => (await import('./data/write.ts')).writeCommand,
  },
  {
    name: 'list',
    summary: 'Lists any folder of the API',
    load: async () => (await import('./data/list.ts')).listCommand,
  },
  {
    name: 'delete',
    summary: 'Deletes any path of the API',
    load: async () => (await import('./data/delete.ts')).deleteCommand,
  },
  {
    name: 'patch',
    summary: 'Changes single fields at any path of the API that can be patched',
    load: async () => (await import('./data/patch.ts')).patchCommand,
  },
  {
    name: 'path-help',
    summary: 'Shows what can be done at a path of the API, and what lies below it',
    load: async () => (await import('./path-help/command.ts')).pathHelpCommand,
  },
  {
    name: 'unwrap',
    summary: 'Opens a wrapped answer, which works once',
    load: async () => (await import('./data/unwrap.ts')).unwrapCommand,
  },
  {
    name: 'version',
    summary: 'Shows the version of this program',
    load: async () => (await import('./version/command.ts')).versionCommand,
  },
  {
    name: 'kv',
    summary: 'Reads and writes secrets',
    isFamily: true,
    load: async () => (await import('./kv/family.ts')).kvFamily,
  },
  {
    name: 'token',
    summary: 'Creates, shows, renews and revokes tokens',
    isFamily: true,
    load: async () => (await import('./token/family.ts')).tokenFamily,
  },
  {
    name: 'lease',
    summary: 'Shows, renews and revokes leases',
    isFamily: true,
    load: async () => (await import('./lease/family.ts')).leaseFamily,
  },
  {
    name: 'policy',
    summary: 'Shows, stores, formats and explains policies',
    isFamily: true,
    load: async () => (await import('./policy/family.ts')).policyFamily,
  },
  {
    name: 'secrets',
    summary: 'Mounts secrets engines and changes their settings',
    isFamily: true,
    load: async () => (await import('./secrets/family.ts')).secretsFamily,
  },
  {
    name: 'auth',
    summary: 'Mounts auth methods and changes their settings',
    isFamily: true,
    load: async () => (await import('./auth/family.ts')).authFamily,
  },
  {
    name: 'audit',
    summary: 'Turns audit devices on and off, and checks their files',
    isFamily: true,
    load: async () => (await import('./audit/family.ts')).auditFamily,
  },
  {
    name: 'usage',
    summary: 'Shows requests and people by day, and who used which secrets',
    isFamily: true,
    load: async () => (await import('./usage/family.ts')).usageFamily,
  },
  {
    name: 'plugin',
    summary: 'Shows what can be mounted; all of it is built in',
    isFamily: true,
    load: async () => (await import('./plugin/family.ts')).pluginFamily,
  },
  {
    name: 'spaces',
    summary: 'Opens people’s spaces, with a record for their owners',
    isFamily: true,
    load: async () => (await import('./spaces/family.ts')).spacesFamily,
  },
  {
    name: 'print',
    summary: 'Prints what commands use',
    isFamily: true,
    load: async () => (await import('./print/family.ts')).printFamily,
  },
  {
    name: 'operator',
    summary: 'Initialises, seals and backs up a server, and looks after its keys',
    isFamily: true,
    load: async () => (await import('./operator/family.ts')).operatorFamily,
  },
]
