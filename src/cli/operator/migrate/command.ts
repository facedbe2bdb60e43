import { fail } from '../../../base/errors.ts'
import type { Moving, Place } from '../../../core/migrate/migrate.ts'
import { defineCommand } from '../../command/command.ts'
import { onOff, text } from '../../command/flag.ts'
import { type Formatted, formatFlag, show } from '../../output/format.ts'
import { note } from '../../output/say.ts'
import { moveProgress } from './progress.ts'

export const migrateCommand = defineCommand({
  name: 'migrate',
  summary: 'Moves the data to another store, while servers use it',
  details:
    'Copies everything while the servers on the old store go on, then ends their service, copies what changed ' +
    'last, compares all of both stores by digest and opens the new one. From then on the servers have to be ' +
    'started with the new configuration; those on the old store refuse every request. What is stored stays ' +
    'encrypted, and the seal is the same. Interrupted, it goes on when it is called again. With -abort the old ' +
    'store serves again, as long as the new one was not opened. Needs no server and no token, but the right to ' +
    'write both stores. The audit log is a file apart and stays where it is.',
  examples: [
    [
      'Move to the store of another configuration',
      'coffer operator migrate -from=/etc/coffer.hcl -to=/etc/coffer-new.hcl',
    ],
    ['Give a move up', 'coffer operator migrate -from=/etc/coffer.hcl -to=/etc/coffer-new.hcl -abort'],
  ],
  args: {},
  flags: {
    from: text('The configuration file of the servers as they are, or sqlite:FILE', 'config'),
    to: text(
      'The configuration file of the servers as they will be, or sqlite:FILE; that store has to be empty',
      'config',
    ),
    abort: onOff(
      'End a move that has not opened the new store: the old one serves again, the new one is emptied',
    ),
    targetLost: onOff(
      'With -abort and without -to: the new store is gone for good. If it was opened and is not gone, what was written there since is not in the old one',
    ),
    ...formatFlag,
  },
  doing: ({ flags }) => (flags.abort === true ? 'ending the move' : 'moving the data'),
  failure: 1,
  run: async (call) => {
    const { flags, io } = call
    const { from, to } = flags
    if (from === undefined) fail('invalid_request', 'name the old store by -from')
    const isLost = flags.targetLost === true
    if (isLost && (flags.abort !== true || to !== undefined)) {
      fail('invalid_request', '-target-lost goes with -abort, and without -to')
    }
    if (to === undefined && !isLost) fail('invalid_request', 'name the new store by -to')
    // It knows how stores are opened and configured, which brings much with it.
    const { naming, openOld, openPlace, storageOf } = await import('./place.ts')
    const settings = { from: storageOf(from, io), to: to === undefined ? undefined : storageOf(to, io) }
    const old = await naming(from, () => openOld(settings.from))
    try {
      // What is to be given up is there already.
      const openNext = flags.abort === true ? openOld : openPlace
      const target = settings.to
      const next = target === undefined ? undefined : await naming(`${to}`, () => openNext(target))
      try {
        return await work(call, old, next)
      } finally {
        await next?.store.close()
      }
    } finally {
      await old.store.close()
    }
  },
})

type MigrateCall = Formatted & { readonly flags: { readonly abort: boolean | undefined } }

async function work(call: MigrateCall, from: Place, to: Place | undefined): Promise<number> {
  const { io, flags } = call
  const { systemRandom } = await import('../../../base/random.ts')
  const { abort, move } = await import('../../../core/migrate/migrate.ts')
  const progress = moveProgress(io)
  const parts = { from, random: systemRandom, pause: io.pause, progress: progress.show }
  if (flags.abort === true || to === undefined) {
    return tellEnd(call, await abort({ ...parts, to }).finally(progress.end))
  }
  const begun = performance.now()
  const moved = await move({ ...parts, to, monotonic: () => performance.now() }).finally(progress.end)
  return tell(call, moved, [from.type, to.type], performance.now() - begun)
}

async function tellEnd(call: MigrateCall, ended: boolean): Promise<number> {
  await show(call, { ended }, () =>
    ended ? 'Success! The old store serves again' : 'There is no move to end: the old store serves',
  )
  return 0
}

async function tell(
  call: MigrateCall,
  moved: Moving,
  [from, to]: readonly [string, string],
  spent: number,
): Promise<number> {
  const data = {
    id: moved.id,
    source: from,
    destination: to,
    already: moved.already,
    rows: moved.rows,
    bytes: moved.bytes,
    passes: moved.passes,
    sha256: moved.digest,
    seconds: seconds(spent),
    seconds_not_served: seconds(moved.fenced),
  }
  await show(call, data, () =>
    moved.already
      ? 'The data has moved already'
      : `Success! Moved ${moved.rows} rows in ${seconds(spent)} s, of which nobody was served for ` +
        `${seconds(moved.fenced)} s\nSHA-256 of all keys and values, on both sides: ${moved.digest}`,
  )
  note(
    call.io,
    'Start the servers with the configuration of the new store. Those on the old one refuse everything.',
  )
  return 0
}

const seconds = (milliseconds: number) => Math.round(milliseconds / 100) / 10
