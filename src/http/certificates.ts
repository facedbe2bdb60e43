import type { OpenListener } from './listener.ts'
import type { Log } from './log/log.ts'

/** How often the files are looked at, milliseconds. */
const interval = 10_000

/**
 * Keeps listeners on the newest of their certificates: looks at the files every ten seconds and at SIGHUP, and
 * gives a local authority the occasion to renew. What does not load is logged, and the old one stays in use.
 */
export function watchCertificates(
  listeners: readonly OpenListener[],
  log: Log,
): { reload(): Promise<void>; stop(): void } {
  const stamps = new Map<OpenListener, string>()
  let running: Promise<void> | undefined

  async function look(listener: OpenListener): Promise<void> {
    const { certificates, address } = listener
    if (certificates === undefined) return
    try {
      const stamp = await certificates.stamp()
      if (stamp === stamps.get(listener)) return
      listener.setCertificates(await certificates.read())
      if (stamps.has(listener)) log.info({ listener: address.url }, 'the certificate was loaded again')
      stamps.set(listener, stamp)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.warn(
        { listener: address.url, reason },
        'the certificate does not load; the one before stays in use',
      )
    }
  }

  // A second call while one is under way may come after a file was looked at, so it looks again.
  function reload(): Promise<void> {
    const next = (running ?? Promise.resolve()).then(async () => {
      await Promise.all(listeners.map(look))
    })
    running = next
    return next
  }

  const onSignal = () => void reload()
  const timer = setInterval(onSignal, interval).unref()
  process.on('SIGHUP', onSignal)
  return {
    reload,
    stop() {
      clearInterval(timer)
      process.off('SIGHUP', onSignal)
    },
  }
}
