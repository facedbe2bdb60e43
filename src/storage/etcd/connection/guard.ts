import { CofferError } from '../../../base/errors.ts'
import type { ResponseHeader } from '../messages/etcd_pb.js'

/**
 * Holds every answer to what was seen before: the same cluster, and no revision that lies before one that was
 * there when the call began. A store that lost data or was replaced is not used any more.
 */
export type Guard = {
  /** The highest revision that was seen. */
  readonly revision: bigint
  /** The cluster that answers; undefined before the first answer. */
  readonly cluster: bigint | undefined
  /** Why nothing may be served any more. */
  readonly broken: CofferError | undefined
  /** @throws storage_failed when the answer cannot be of the same store; `floor` is the revision before the call */
  check(header: ResponseHeader | undefined, floor: bigint): void
  /** Ends the use of the store. */
  break(error: CofferError): never
  /** What was seen in an earlier life. */
  expect(seen: { readonly cluster: bigint; readonly revision: bigint }): void
}

/** @param file remembers what was seen; absent where nothing is remembered */
export function createGuard(file?: string): Guard {
  const goOn = file === undefined ? '' : `, or remove ${file} to go on with what is there`
  let revision = 0n
  let cluster: bigint | undefined
  let broken: CofferError | undefined
  function stop(error: CofferError): never {
    broken ??= error
    throw broken
  }
  return {
    get revision() {
      return revision
    },
    get cluster() {
      return cluster
    },
    get broken() {
      return broken
    },
    check(header, floor) {
      if (broken !== undefined) throw broken
      if (header === undefined) stop(new CofferError('storage_failed', 'etcd answers nonsense'))
      cluster ??= header.clusterId
      if (header.clusterId !== cluster) {
        stop(
          new CofferError(
            'storage_failed',
            `another etcd cluster answers than before; check the endpoints${goOn}`,
          ),
        )
      }
      if (header.revision < floor) {
        stop(
          new CofferError(
            'storage_failed',
            `etcd lost data: it is at revision ${header.revision} and was at ${floor}; restart every node once its data is right${goOn}`,
          ),
        )
      }
      if (header.revision > revision) revision = header.revision
    },
    break: stop,
    expect(seen) {
      cluster = seen.cluster
      revision = seen.revision
    },
  }
}
