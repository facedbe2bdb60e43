import { defineCommand, one } from '../command/command.ts'
import { expandHome, readTextFile } from '../input/file.ts'
import { replaceFile } from '../input/replace-file.ts'
import { readStdin } from '../input/stdin.ts'
import { note } from '../output/say.ts'
import { formatHcl } from './hcl.ts'

export const formatCommand = defineCommand({
  name: 'fmt',
  summary: 'Lays out a policy file in the usual way',
  details:
    'Indents by two spaces and aligns equal signs; comments stay. With - it reads standard input and writes to standard output.',
  examples: [['Format a file in place', 'coffer policy fmt team.hcl']],
  args: { file: one('File in HCL, or -.') },
  flags: {},
  doing: ({ args }) => `formatting ${args.file}`,
  run: async ({ args, io }) => {
    if (args.file === '-') {
      io.stdout.write(formatHcl(await readStdin(io)))
      return 0
    }
    const before = await readTextFile(args.file, io.home)
    const after = formatHcl(before)
    if (after !== before) await replaceFile(expandHome(args.file, io.home), after)
    note(io, `Success! Formatted policy: ${args.file}`)
    return 0
  },
})
