import type { MoveApi } from '../../client/index.ts'
import { done, type Formatted } from '../output/format.ts'
import { note } from '../output/say.ts'

/** Milliseconds between two questions about how far the move is. */
const interval = 500

/**
 * Moves a mount and waits until that is done.
 *
 * @param what `secrets engine`, for what is said
 * @returns the exit code
 */
export async function moveMount(
  call: Formatted,
  move: MoveApi,
  { what, source, destination }: { what: string; source: string; destination: string },
): Promise<number> {
  let state = await move.start(source, destination)
  while (state.status !== 'success' && state.status !== 'failure') {
    state = await move.status(state.id)
    if (state.status === 'in-progress') await call.io.pause(interval)
    else if (state.status === '') break
  }
  const told = `the ${what} ${source}/ to ${destination}/ (migration ${state.id})`
  if (state.status !== 'success') {
    note(call.io, `Failed to move ${told}; see the log of the server`)
    return 2
  }
  done(call, `Success! Moved ${told}`)
  return 0
}
