import { auditFamily } from './audit/family.ts'
import { authFamily } from './auth/family.ts'
import type { OpenCatalogue } from './command/command.ts'
import { deleteCommand } from './data/delete.ts'
import { listCommand } from './data/list.ts'
import { readCommand } from './data/read.ts'
import { unwrapCommand } from './data/unwrap.ts'
import { writeCommand } from './data/write.ts'
import { kvFamily } from './kv/family.ts'
import { loginCommand } from './login/login.ts'
import { operatorFamily } from './operator/family.ts'
import { policyFamily } from './policy/family.ts'
import { secretsFamily } from './secrets/family.ts'
import { spacesFamily } from './spaces/family.ts'
import { statusCommand } from './status/status.ts'
import { tokenFamily } from './token/family.ts'
import { versionCommand } from './version/command.ts'

/** Every command, in the order of the help. */
export const catalogue: OpenCatalogue = [
  {
    name: 'server',
    summary: 'Runs a server',
    load: async () => (await import('./server/command.ts')).serverCommand,
  },
  statusCommand,
  loginCommand,
  readCommand,
  writeCommand,
  listCommand,
  deleteCommand,
  unwrapCommand,
  versionCommand,
  kvFamily,
  tokenFamily,
  policyFamily,
  secretsFamily,
  authFamily,
  auditFamily,
  spacesFamily,
  operatorFamily,
]
