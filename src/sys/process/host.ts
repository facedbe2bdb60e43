import { cpus, freemem, hostname, machine, platform, release, totalmem, uptime } from 'node:os'
import { systemRoute } from '../../backend/route.ts'
import type { JsonObject } from '../../base/json.ts'

/** What the operating system says of the machine; what it does not say is left out. */
function hostInfo(now: number): JsonObject {
  const cores = cpus()
  const total = totalmem()
  const available = freemem()
  const seconds = Math.floor(uptime())
  return {
    cpu: cores.map(({ model, speed }, cpu) => ({ cpu, modelName: model, mhz: speed })),
    cpu_times: cores.map(({ times }, cpu) => ({
      cpu: `cpu${cpu}`,
      user: times.user / 1000,
      system: times.sys / 1000,
      idle: times.idle / 1000,
      nice: times.nice / 1000,
      irq: times.irq / 1000,
    })),
    host: {
      hostname: hostname(),
      uptime: seconds,
      bootTime: Math.floor(now / 1000) - seconds,
      os: platform(),
      kernelVersion: release(),
      kernelArch: machine(),
    },
    memory: {
      total,
      available,
      used: total - available,
      usedPercent: ((total - available) / total) * 100,
    },
    timestamp: new Date(now).toISOString(),
  }
}

export const hostRoute = systemRoute({
  path: 'host-info',
  summary: 'Show the machine that this process runs on.',
  operations: { read: ({ clock }) => ({ data: hostInfo(clock.now()) }) },
})
