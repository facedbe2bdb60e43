import { text } from '../command/flag.ts'
import { expandHome } from '../input/file.ts'
import type { Io } from '../io.ts'

export const configFlag = {
  config: text(
    'The configuration file of the server, in HCL or JSON; without it the store below the home directory',
    'file',
  ),
}

/** What a configuration names, or the standard place. */
export async function dataFileOf(config: string | undefined, io: Io): Promise<string> {
  // It knows how a server reads its configuration, which brings much with it.
  const { dataFile } = await import('../server/data-file.ts')
  return dataFile(config === undefined ? undefined : expandHome(config, io.home), io)
}

/** Shows on a terminal how much is copied; says nothing anywhere else. */
export function progressOn({ stderr }: Io) {
  if (stderr.isTTY !== true) return { show: undefined, end: () => {} }
  let shown = ''
  return {
    show(done: number, total: number): void {
      if (total === 0) return
      const next = `\r${megabytes(done)} of ${megabytes(total)} MB copied`
      if (next === shown) return
      shown = next
      stderr.write(next)
    },
    end: () => void (shown === '' || stderr.write('\n')),
  }
}

const megabytes = (bytes: number) => Math.ceil(bytes / 1_000_000)
