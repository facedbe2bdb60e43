import { fail } from '../../base/errors.ts'
import { defineCommand, one } from '../command/command.ts'
import { readTextFile } from '../input/file.ts'
import { readStdin } from '../input/stdin.ts'
import { done, formatFlag } from '../output/format.ts'
import { warn } from '../output/say.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const writeCommand = defineCommand({
  name: 'write',
  summary: 'Stores a policy, replacing the one of that name',
  examples: [
    ['From a file', 'coffer policy write team team.hcl'],
    ['From standard input', 'coffer policy write team - < team.hcl'],
  ],
  args: { name: one('Name of the policy; capitals become small.'), file: one('File in HCL or JSON, or -.') },
  flags: { ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `writing the policy ${args.name}`,
  run: async (call) => {
    const { file } = call.args
    const policy =
      file === '-' ? await readStdin(call.io) : await readTextFile(file.replace(/^@/, ''), call.io.home)
    if (policy.trim() === '') fail('invalid_request', 'the policy is empty')
    const name = call.args.name.trim().toLowerCase()
    if (name !== call.args.name) warn(call.io, `the policy is stored under the name ${name}`)
    return withApi(call, async ({ policies }) => {
      const answer = await policies.write(name, policy)
      for (const text of answer.warnings) warn(call.io, text)
      done(call, `Success! Uploaded policy: ${name}`)
      return 0
    })
  },
})
