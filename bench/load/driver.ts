/** The process that makes the load: takes one job from its parent, answers with what it measured, and ends. */
import autocannon from 'autocannon'
import type { Job, Measured } from './load.ts'

process.once('message', async (job: Job) => {
  const before = await drive(job, 1)
  const measured = await drive(job, job.seconds)
  process.send?.({ ...measured, answers: before.answers + measured.answers })
  process.disconnect?.()
})

/** Runs each connection over its own share of the requests, so that no two use the same row at once. */
function drive({ url, requests, connections }: Job, seconds: number): Promise<Measured> {
  return new Promise((resolve, reject) => {
    let next = 0
    const times: number[] = []
    const run = autocannon(
      {
        url,
        connections,
        duration: seconds,
        setupClient: (client) => {
          const first = next++
          const own = requests.filter((_, i) => i % connections === first % connections)
          // autocannon changes the lists it is given.
          client.setRequests((own.length > 0 ? own : requests).map((request) => ({ ...request })))
        },
      },
      (error, result) => {
        if (error != null) return reject(error)
        times.sort((a, b) => a - b)
        const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
        resolve({
          perSecond: times.length / result.duration,
          p50: at(0.5),
          p95: at(0.95),
          p99: at(0.99),
          failed: result.non2xx + result.errors + result.timeouts,
          answers: times.length + result.non2xx,
        })
      },
    )
    run.on('response', (_client, status, _bytes, time) => {
      // Requests that were turned away are quick, and no measure of anything.
      if (status >= 200 && status < 300) times.push(time)
    })
  })
}
