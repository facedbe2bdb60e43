import type { Listing } from '../../client/index.ts'
import { showAnswer, showWarnings } from './answer.ts'
import { type Formatted, formatOf, show } from './format.ts'
import { note } from './say.ts'
import { table } from './table.ts'

/**
 * Shows the names of a listing; JSON and YAML are a list also when there is none.
 *
 * @returns the exit code; 2 when there is nothing
 */
export async function showKeys(call: Formatted, listing: Listing | undefined, path: string): Promise<number> {
  if (listing !== undefined && listing.answer.wrap_info !== null) {
    return showAnswer({ io: call.io, flags: { ...call.flags, field: undefined } }, listing.answer)
  }
  if (listing !== undefined) showWarnings(call, listing.answer)
  return showNames(call, listing?.keys ?? [], path)
}

/**
 * Shows names; JSON and YAML are a list also when there is none.
 *
 * @returns the exit code; 2 when there is nothing
 */
export async function showNames(call: Formatted, keys: readonly string[], path: string): Promise<number> {
  if (keys.length > 0 || formatOf(call) !== 'table') {
    await show(call, [...keys], () =>
      table(
        ['Keys'],
        keys.map((key) => [key]),
      ),
    )
  } else note(call.io, `No value found at ${path}`)
  return keys.length > 0 ? 0 : 2
}
