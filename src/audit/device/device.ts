import { CofferError, isFailure } from '../../base/errors.ts'
import type { Head } from '../chain/chain.ts'
import type { Sink } from './file.ts'
import { createHeadRecorder } from './heads.ts'
import { type OpenLog, openSegment, type SegmentParts } from './segment.ts'
import type { Timer } from './timer.ts'

export type DeviceParts = SegmentParts & {
  readonly timer: Timer
  /** Puts a head into storage. */
  readonly writeHead: (head: Head) => Promise<void>
}

/** One log that takes lines. Bodies are lines without their closing brace; the chain's field is added here. */
export type Device = {
  /**
   * Resolves when the line is written: handed to the operating system, not forced to the disk. Lines of
   * one turn of the event loop share one write.
   *
   * @param most bytes that may wait with it; {@link maxWaiting} without it
   * @throws audit_failed when it cannot be written, or not in time; overloaded when too much is waiting
   */
  write(body: string, most?: number): Promise<void>
  /** Opens now, with `body` as the first line. @throws what is in the way */
  start(body?: string): Promise<void>
  /**
   * Opens the path again after the file was moved away; the chain goes on in the new file.
   *
   * @throws what is in the way; lines then go on into the old file
   */
  reopen(): Promise<void>
  /** Writes what is waiting and a last checkpoint. Lines that come later are refused. */
  close(): Promise<void>
  /** Why it takes no lines at the moment; undefined when it does. */
  readonly trouble: string | undefined
}

/** How long a write, or opening, may take, milliseconds. */
export const writeTimeout = 5_000
/** How often a checkpoint is written while there is something to sign, milliseconds … */
export const checkpointEvery = 1_000
/** … or bytes. */
export const checkpointBytes = 16 * 1024 * 1024
/** Bytes of lines that may wait for a device, and more of those of answers, whose requests it has taken. */
export const maxWaiting = 64 * 1024 * 1024
export const maxWaitingAnswers = 2 * maxWaiting
/** Times that lines are written whose file is gone when they are in it. */
const maxAttempts = 3
/** Pause before a device that failed twice in a row is opened again, milliseconds. */
const retryPause = 250

type Batch = { readonly bodies: string[]; size: number; readonly done: PromiseWithResolvers<void> }
/** Does something with the log. Never throws or rejects; without a promise it is done already. */
type Step = () => void | Promise<void>

/** Steps run one after another; waiting lines are written whenever no other step is due. */
export function createDevice(parts: DeviceParts): Device {
  const { name, clock, timer, report } = parts
  const steps: Step[] = []
  const heads = createHeadRecorder(parts.writeHead, (error) =>
    report(`audit device ${name}: the head of its chain could not be stored: ${reason(error)}`),
  )
  let log: OpenLog | undefined
  let waiting: Batch | undefined
  let isRunning = false
  let isScheduled = false
  let isClosing = false
  /** Something ran out of time and has not come back yet; until then nothing else is begun. */
  let isStuck = false
  let whenStuck = () => {}
  let failures = 0
  let trouble: string | undefined
  let retryAt = 0
  let unsignedBytes = 0
  let cancelCheckpoint: (() => void) | undefined

  function write(body: string, most = maxWaiting): Promise<void> {
    if (isClosing) return Promise.reject(failure('it is closed'))
    if (isStuck) return Promise.reject(failure(trouble))
    waiting ??= newBatch()
    if (waiting.size + body.length > most) {
      return Promise.reject(new CofferError('overloaded', 'the audit log cannot follow'))
    }
    waiting.bodies.push(body)
    waiting.size += body.length
    if (!isScheduled && !isRunning) {
      isScheduled = true
      // After the requests of this turn were read, so that their lines share the write.
      setImmediate(() => {
        isScheduled = false
        run()
      })
    }
    return waiting.done.promise
  }

  function run(): void {
    while (!isRunning && !isStuck) {
      const step =
        steps.shift() ?? (waiting === undefined ? undefined : log === undefined ? open : writeWaiting)
      const pending = step?.()
      if (step === undefined) return
      if (pending === undefined) continue
      isRunning = true
      void pending.then(() => {
        isRunning = false
        run()
      })
    }
  }

  /** Runs a step in its turn and hands on how it ended. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    steps.push(() => work().then(resolve, reject))
    run()
    return promise
  }

  function writeWaiting(): void | Promise<void> {
    const batch = waiting
    waiting = undefined
    if (batch !== undefined) return writeBatch(batch, 1)
  }

  function writeBatch(batch: Batch, attempt: number): void | Promise<void> {
    if (log === undefined) return batch.done.reject(failure(trouble))
    const current = log
    const isDue = unsignedBytes + batch.size > checkpointBytes
    const bytes = isDue ? log.chain.seal(batch.bodies, clock.now()) : log.chain.link(batch.bodies)
    unsignedBytes += batch.size
    return put(current, bytes, (error) => {
      if (error !== undefined) return batch.done.reject(failure(error))
      const settle = (isGone: boolean) => (isGone ? writeAgain(batch, attempt) : wrote(batch, isDue))
      return ask(current.sink, settle, (error) => {
        abandon(error)
        batch.done.reject(failure(error))
      })
    })
  }

  function wrote(batch: Batch, isSigned: boolean): void {
    if (isSigned) signed()
    works()
    cancelCheckpoint ??= timer(checkpointEvery, () => {
      cancelCheckpoint = undefined
      steps.push(checkpoint)
      run()
    })
    batch.done.resolve()
  }

  /** Whether a file lost its name, at once where that is known at once. */
  function ask(
    sink: Sink,
    settle: (isGone: boolean) => void | Promise<void>,
    failed: (error: unknown) => void,
  ): void | Promise<void> {
    let gone: boolean | Promise<boolean>
    try {
      gone = sink.isRemoved()
    } catch (error) {
      return failed(error)
    }
    return typeof gone === 'boolean' ? settle(gone) : inTime(gone).then(settle, failed)
  }

  /** Nobody would find the lines of a batch that went into a file without a name. */
  async function writeAgain(batch: Batch, attempt: number): Promise<void> {
    try {
      if (attempt === maxAttempts) throw new Error('its file is removed again and again')
      await replace('removed')
    } catch (error) {
      return batch.done.reject(failure(error))
    }
    await writeBatch(batch, attempt + 1)
  }

  /** Begins anew where the file is this device's no more. @throws what is in the way */
  async function replace(what: string): Promise<void> {
    const old = log
    report(`audit device ${name}: its file was ${what}`)
    log = undefined
    await begin().finally(() => old?.sink.close().catch(() => {}))
  }

  /** Writes bytes. After a failure nobody knows what is in the file, so it is opened anew the next time. */
  function put(
    { sink }: OpenLog,
    bytes: Buffer,
    done: (error?: unknown) => void | Promise<void>,
  ): void | Promise<void> {
    const failed = (error: unknown) => {
      abandon(error)
      return done(error)
    }
    let pending: void | Promise<void>
    try {
      pending = sink.write(bytes)
    } catch (error) {
      return failed(error)
    }
    if (pending !== undefined) return inTime(pending).then(() => done(), failed)
    return done()
  }

  /** Waits for at most {@link writeTimeout}. */
  function inTime<T>(work: Promise<T>, late: (result: T) => void = () => {}): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const cancel = timer(writeTimeout, () => {
      isStuck = true
      whenStuck()
      const error = new Error(`it did not answer within ${writeTimeout / 1000} s`)
      reject(error)
      failWaiting(error)
    })
    const back = (error?: unknown) => {
      cancel()
      if (!isStuck) return error === undefined ? undefined : reject(error)
      isStuck = false
      run()
    }
    work.then((result) => {
      if (isStuck) late(result)
      else resolve(result)
      back()
    }, back)
    return promise
  }

  function abandon(error: unknown): void {
    const old = log
    log = undefined
    cancelCheckpoint?.()
    cancelCheckpoint = undefined
    fails(error)
    void old?.sink.close().catch(() => {})
  }

  function fails(error: unknown): void {
    trouble = reason(error)
    if (failures++ === 0) report(`audit device ${name} fails: ${trouble}`)
    retryAt = failures > 1 ? clock.monotonic() + retryPause : 0
  }

  function works(): void {
    if (failures === 0) return
    failures = 0
    trouble = undefined
    report(`audit device ${name} works again`)
  }

  const failure = (cause: unknown) =>
    new CofferError('audit_failed', `the audit device ${name} failed`, { cause })

  function failWaiting(error: unknown): void {
    const batch = waiting
    waiting = undefined
    batch?.done.reject(failure(error))
  }

  function signed(): void {
    unsignedBytes = 0
    if (log !== undefined) heads.record(log.sink, log.chain.head)
  }

  /** Opens the log for the lines that wait. */
  function open(): void | Promise<void> {
    if (clock.monotonic() < retryAt) return failWaiting(trouble)
    return begin().catch(failWaiting)
  }

  async function begin(body?: string): Promise<void> {
    try {
      log = await inTime(openSegment(parts, body), ({ sink }) => void sink.close().catch(() => {}))
    } catch (error) {
      fails(error)
      throw error
    }
    signed()
    works()
  }

  /** Signs what was written since the last time, after a look at whether the file is still this device's. */
  async function checkpoint(): Promise<void> {
    if (log === undefined) return
    const { sink } = log
    let state: Awaited<ReturnType<Sink['check']>>
    try {
      state = await inTime(Promise.resolve(sink.check()))
    } catch (error) {
      abandon(error)
      return
    }
    if (state === 'fine') {
      await sign().catch(() => {})
      return
    }
    const what = state === 'removed' ? 'removed' : 'written to or cut by something else'
    await replace(what).catch(failWaiting)
  }

  async function sign(): Promise<void> {
    if (log?.chain.unsigned) await seal(log)
  }

  const seal = (onto: OpenLog) => putSigned(onto, onto.chain.seal([], clock.now()))

  /** @throws when it cannot be written; the log is abandoned then */
  async function putSigned(onto: OpenLog, bytes: Buffer): Promise<void> {
    let failed: unknown
    await put(onto, bytes, (error) => {
      failed = error
    })
    if (failed !== undefined) throw failed
    signed()
  }

  async function continueInNewFile(): Promise<void> {
    if (log === undefined) return begin()
    const old = log
    const sink = await openAgain()
    if (sink.identity === old.sink.identity) return sink.close()
    if (sink.tail !== undefined && sink.tail.size > 0) {
      // Somebody's lines are there already: only a new segment can stand on them.
      await sink.close()
      await seal(old)
      log = undefined
      await begin()
    } else {
      await seal(old).catch(async (error: unknown) => {
        await sink.close()
        throw error
      })
      log = { sink, chain: old.chain }
      await putSigned(log, old.chain.open(clock.now()))
    }
    await old.sink.close()
  }

  async function openAgain(): Promise<Sink> {
    try {
      return await inTime(parts.open(), (late) => void late.close().catch(() => {}))
    } catch (error) {
      if (isStuck) fails(error)
      throw error
    }
  }

  async function finish(): Promise<void> {
    await writeWaiting()
    cancelCheckpoint?.()
    failWaiting('it is closed')
    await sign().catch(() => {})
    if (!isStuck) await inTime(heads.settled()).catch(() => {})
    if (!isStuck) await log?.sink.close()
    log = undefined
  }

  return {
    write,
    get trouble() {
      return trouble
    },
    start: (body) => inTurn(async () => (log === undefined ? begin(body) : undefined)),
    reopen: async () => {
      if (isStuck) throw failure(trouble)
      await inTurn(continueInNewFile)
    },
    async close() {
      if (isClosing) return
      isClosing = true
      if (isStuck) return
      const stuck = Promise.withResolvers<void>()
      whenStuck = stuck.resolve
      // What hangs may hang for ever; the process can end all the same.
      await Promise.race([inTurn(finish), stuck.promise])
    },
  }
}

function newBatch(): Batch {
  const done = Promise.withResolvers<void>()
  // Whoever asked hears of it; a line that nobody waits for must not end the process.
  done.promise.catch(() => {})
  return { bodies: [], size: 0, done }
}

/** What went wrong, for the log: a file system's error names the path and the cause. */
function reason(error: unknown): string {
  if (typeof error === 'string') return error
  if (isFailure(error) && error.cause !== undefined) return `${error.message}: ${reason(error.cause)}`
  if (isFailure(error) && error.message === '') return error.code.replaceAll('_', ' ')
  return error instanceof Error ? error.message : 'unknown error'
}
