import { sep } from 'node:path'
import { fail } from '../../base/errors.ts'
import { existingPart } from '../device/place.ts'
import { localSyslog, type SocketDestination } from './options.ts'

/**
 * Which sockets of this machine a request may have lines written to: those below the same folder, so that they
 * reach no service that takes them for something else, and the system log.
 *
 * @throws invalid_request saying where they may lie
 */
export async function checkRequestedSocket(
  { address, syslog }: Pick<SocketDestination, 'address' | 'syslog'>,
  folder: string | undefined,
): Promise<void> {
  if (address.transport !== 'unix') return
  if (syslog !== undefined && address.path === localSyslog) return
  const where = `the socket of an audit device must lie below ${folder ?? 'audit_log_folder'}, or be declared in the configuration`
  if (folder === undefined || !address.path.startsWith(folder + sep)) fail('invalid_request', where)
  const real = await existingPart(address.path)
  if (!real.startsWith((await existingPart(folder)) + sep)) fail('invalid_request', where)
}
