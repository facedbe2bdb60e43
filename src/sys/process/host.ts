import { cpus, freemem, hostname, machine, platform, release, totalmem, uptime } from 'node:os'
import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import type { JsonObject } from '../../base/json/json.ts'

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

const timesMembers = {
  user: shape.number(),
  system: shape.number(),
  idle: shape.number(),
  nice: shape.number(),
  irq: shape.number(),
}
const hostShape = shape.object({
  cpu: shape.list(shape.object({ cpu: shape.integer(), modelName: shape.string(), mhz: shape.integer() })),
  cpu_times: shape.list(shape.object({ cpu: shape.string(), ...timesMembers })),
  host: shape.object({
    hostname: shape.string(),
    uptime: shape.seconds(),
    bootTime: shape.integer('Seconds since 1970.'),
    os: shape.string(),
    kernelVersion: shape.string(),
    kernelArch: shape.string(),
  }),
  memory: shape.object({
    total: shape.integer('Bytes.'),
    available: shape.integer('Bytes.'),
    used: shape.integer('Bytes.'),
    usedPercent: shape.number(),
  }),
  timestamp: shape.time(),
})

export const hostRoute = systemRoute({
  path: 'host-info',
  summary: 'Show the machine that this process runs on.',
  answers: { read: answer.data(hostShape) },
  operations: { read: ({ clock }) => ({ data: hostInfo(clock.now()) }) },
})
