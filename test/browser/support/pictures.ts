import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { root } from '../../support/server.ts'
import { desktop, phone } from './visit.ts'

/** Where pictures go; only when it is asked for, since each is a little different every time. */
const folder = process.env.COFFER_PICTURES === '1' ? join(root, 'docs', 'images') : undefined

/** The looks in which every view is tested. */
export const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
  Object.entries({ desktop, phone }).map(([device, viewport]) => ({ device, colorScheme, viewport })),
)
export type Look = (typeof looks)[number]
/** That of one picture, where one is enough. */
export const plainLook = { device: 'desktop', colorScheme: 'light' } as const

/** Takes a picture of what is shown, where pictures are asked for. */
export async function takePicture(
  page: Page,
  name: string,
  { device, colorScheme }: Pick<Look, 'device' | 'colorScheme'>,
): Promise<void> {
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}-${device}-${colorScheme}.png`) })
}
