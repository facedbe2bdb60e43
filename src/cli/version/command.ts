import { defineCommand } from '../command/command.ts'
import { say } from '../output/say.ts'
import { programVersion } from './version.ts'

export const versionCommand = defineCommand({
  name: 'version',
  summary: 'Shows the version of this program',
  examples: [['Show the version', 'coffer version']],
  args: {},
  flags: {},
  doing: () => 'showing the version',
  run: async ({ io }) => {
    say(io, `Coffer v${programVersion()} (Vault HTTP API v1)`)
    return 0
  },
})
