import { openSqlite, type SqliteStore } from '../../src/storage/sqlite/store.ts'
import { randomFrom, startWork, type Work } from './history/work.ts'
import { codeOf, type Reply, type Request } from './messages.ts'
import { writeUntilTold } from './writing.ts'

/**
 * A process that has a store open and does with it what its parent asks for, one message a call. Calls run at
 * the same time.
 */
let store: SqliteStore | undefined
let work: Work | undefined
let writing: { stop(): Promise<void> } | undefined

async function perform(request: Request): Promise<unknown> {
  switch (request.call) {
    case 'become':
      process.setgid?.(request.user)
      process.setuid?.(request.user)
      return
    case 'open':
      store = await openSqlite(request.options)
      return
    case 'writeOn':
      writing = writeUntilTold(opened(), request.name, request.workers, (acknowledged) =>
        send({ acknowledged }),
      )
      return
    case 'work':
      work = startWork(opened(), request.name, request.workers, randomFrom(request.seed), (recorded) =>
        send({ recorded }),
      )
      return
    case 'workNoMore':
      return work?.stop()
    case 'writeNoMore':
      return writing?.stop()
    case 'commit':
      return opened().commit(request.commit)
    case 'read':
      return opened().read(request.keys, request.known)
    case 'list':
      return opened().list(request.prefix, request.options)
    case 'scan':
      return opened().scan(request.prefix, request.options)
    case 'check':
      return opened().check()
    case 'close':
      return opened().close()
  }
}

function opened(): SqliteStore {
  if (store === undefined) throw new Error('no store is open')
  return store
}

const send = (reply: Reply) => process.send?.(reply)

process.on('message', async ({ id, request }: { id: number; request: Request }) => {
  try {
    send({ id, result: await perform(request) })
  } catch (error) {
    send({ id, failed: codeOf(error) })
  }
})
// Whoever asked is gone.
process.on('disconnect', () => process.exit())
