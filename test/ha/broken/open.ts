import { openStorage as openReal } from '../../../src/storage/open.ts'
import { plants } from './plants.ts'

export * from '../../../src/storage/open.ts'

/** One time in this many. */
const rate = 8

/** Stands in for the server's own. */
export const openStorage: typeof openReal = async (settings) => {
  const opened = await openReal(settings)
  const plant = plants[process.env.COFFER_PLANT as keyof typeof plants]
  let count = 0
  return { ...opened, store: plant(opened.store, () => ++count % rate === 0) }
}
