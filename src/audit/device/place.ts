import { realpath } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { fail } from '../../base/errors.ts'

/**
 * Where a log may lie that a request asks for: below one folder, under a name that nothing but a log goes by.
 * A file elsewhere, such as one that a shell reads when it starts, would run what somebody has put into a line.
 *
 * @param folder where such logs lie; undefined when there is no such place
 * @throws invalid_request saying where they may lie
 */
export async function checkRequestedPlace(path: string, folder: string | undefined): Promise<void> {
  if (folder === undefined) {
    fail('invalid_request', 'this server has no folder for the logs of requested audit devices')
  }
  const where = `the log of an audit device must lie below ${folder} (audit_log_folder of the configuration)`
  if (!path.startsWith(folder + sep)) fail('invalid_request', where)
  if (path.slice(folder.length).split(sep).some(isHidden)) {
    fail('invalid_request', 'no part of file_path may begin with a dot')
  }
  if (!path.endsWith('.log')) fail('invalid_request', 'file_path must end in ".log"')
  const real = await existingPart(dirname(path))
  const inside = await existingPart(folder)
  if (real !== inside && !real.startsWith(inside + sep)) fail('invalid_request', where)
}

const isHidden = (segment: string) => segment.startsWith('.')

/** The real path of a folder's nearest existing ancestor, with the missing rest behind it. */
export async function existingPart(folder: string): Promise<string> {
  try {
    return await realpath(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || folder === '/') throw error
    return join(await existingPart(dirname(folder)), basename(folder))
  }
}
