import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Backing } from './cluster.ts'

/** One file, on one machine: whichever process has the lock writes. */
export async function sqliteBacking(folder: string): Promise<Backing> {
  const data = join(folder, 'data')
  await mkdir(data, { recursive: true })
  return {
    storage: () => `storage "sqlite" { path = "${join(data, 'store')}" }`,
    stop: async () => {},
  }
}
