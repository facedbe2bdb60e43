import { fail } from '../../base/errors.ts'
import { defineCommand } from '../command/command.ts'
import { say } from '../output/say.ts'
import { tokenOf } from '../session/connect.ts'

export const tokenCommand = defineCommand({
  name: 'token',
  summary: 'Prints the token that commands send, of the environment or of the last login',
  examples: [
    ['Use it in a request', 'curl -H "X-Vault-Token: $(coffer print token)" "$VAULT_ADDR/v1/secrets/app"'],
  ],
  args: {},
  flags: {},
  doing: () => 'printing the token',
  run: async ({ io }) => {
    const { token } = await tokenOf(io)
    if (token === undefined) fail('invalid_request', 'there is no token; log in with: coffer login')
    say(io, token)
    return 0
  },
})
