import { createPublicKey, type KeyObject } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { Verification } from '../../audit/chain/verify.ts'
import { fail } from '../../base/errors.ts'
import { type Json, type JsonObject, parseJson } from '../../base/json/json.ts'
import { numberOf, objectOf, textOf } from '../../client/index.ts'
import { any, defineCommand, one } from '../command/command.ts'
import { text } from '../command/flag.ts'
import { expandHome, readTextFile } from '../input/file.ts'
import { formatFlag, show } from '../output/format.ts'
import { note } from '../output/say.ts'
import { columns } from '../output/table.ts'
import { findingLines, summaryRows } from './report.ts'

export const verifyCommand = defineCommand({
  name: 'verify',
  summary: 'Checks that no line of an audit log was changed, removed or cut off',
  details:
    'Needs no server. Name all files of one process, the oldest first. That the end was cut off shows by a ' +
    'head alone, which the log must reach: the JSON output holds one to keep, and the server has one. The exit code is 0 when all is right, 2 ' +
    'when it is not, and 1 when that cannot be told.',
  examples: [
    [
      'Check a log with the public key that was kept elsewhere',
      'coffer audit verify -public-key=coffer.pub audit.log',
    ],
    [
      'Keep the head, and check the next time that the log reaches it',
      'coffer audit verify -format=json audit.log > seen.json\ncoffer audit verify -head=seen.json audit.log',
    ],
    [
      'Ask the server for the head of its device "main", and check a copy of the log',
      'coffer read -format=json sys/audit-verify/main > head.json\ncoffer audit verify -head=head.json copy.log',
    ],
  ],
  args: { file: one('The log, or its oldest file.'), more: any('Its newer files.') },
  flags: {
    publicKey: text(
      'PEM file of the public key; if absent, FILE.pub of the first file that has one.',
      'file',
    ),
    head: text('File with a head that was seen earlier, which the log must reach.', 'file'),
    ...formatFlag,
  },
  doing: ({ args }) => `checking ${args.file}`,
  run: async (call) => {
    const { args, flags, io } = call
    const files = [args.file, ...args.more].map((file) => expandHome(file, io.home))
    const publicKey = keyOf(await readTextFile(flags.publicKey ?? keyFileBeside(files), io.home))
    const head = flags.head === undefined ? undefined : headOf(await readTextFile(flags.head, io.home))
    const { verifyLogs } = await import('../../audit/chain/verify.ts')
    const result: Verification = await verifyLogs(files, { publicKey, head }).catch(
      (error: NodeJS.ErrnoException) =>
        fail(
          'invalid_request',
          `the log cannot be read (${error.code}${error.path === undefined ? '' : `: ${error.path}`})`,
        ),
    )
    await show(call, plain(result), () =>
      [...findingLines(result), columns(summaryRows(result, head !== undefined))].join('\n'),
    )
    if (flags.publicKey === undefined) {
      note(io, 'The public key was taken from beside the log; whoever changes the one can change the other.')
    }
    return result.ok ? 0 : 2
  },
})

/** A log that was moved away has its key under its old name, which the newest file mostly still has. */
function keyFileBeside(files: readonly string[]): string {
  for (const file of files) {
    if (!existsSync(file)) fail('invalid_request', `the log ${file} is not there`)
  }
  return (
    files.map((file) => `${file}.pub`).find((file) => existsSync(file)) ??
    fail(
      'invalid_request',
      `there is no public key beside the log (${files[0]}.pub): name its file with -public-key; a log that was ` +
        'moved away has the one of the log in use',
    )
  )
}

function keyOf(pem: string): KeyObject {
  let key: KeyObject
  try {
    key = createPublicKey(pem)
  } catch {
    return fail('invalid_request', 'the public key is not one in PEM form')
  }
  if (key.asymmetricKeyType !== 'ed25519') fail('invalid_request', 'the public key is not an Ed25519 key')
  return key
}

/** A head, or an earlier result that holds one: of this command, or of the server. */
function headOf(json: string): { segment: string; seq: number; hash: string } {
  const refuse = () => fail('invalid_request', 'the file given with -head holds no head')
  let outer: JsonObject
  try {
    outer = objectOf(parseJson(json))
  } catch {
    return refuse()
  }
  const result = 'data' in outer ? objectOf(outer.data) : outer
  const fields = 'head' in result ? objectOf(result.head) : result
  const head = { segment: textOf(fields.segment), seq: numberOf(fields.seq), hash: textOf(fields.hash) }
  if (head.segment === '' || head.hash === '') refuse()
  return head
}

/** As JSON has it: without what is undefined. */
const plain = (result: Verification): Json => JSON.parse(JSON.stringify(result)) as Json // came from JSON.stringify
