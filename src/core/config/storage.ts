import { failAt, type HclBlock, type HclObject } from '../../base/hcl/hcl.ts'
import type { StorageSettings } from '../../storage/open.ts'
import { readEtcd } from './etcd.ts'
import { key, needed, spoken } from './keys.ts'
import { readPostgres } from './postgres.ts'
import { type Reader, readSection, section } from './section.ts'

export type SealConfig =
  /** A key in a file of the folder, made at initialisation; the server unseals itself. */
  | { readonly type: 'static'; readonly keyFolder: string }
  /** A key that is shared out among people, who unseal together. */
  | { readonly type: 'shamir' }

export const sqliteSection = section({
  title: 'storage "sqlite"',
  about: 'Keeps the data in one file on this machine. Exactly one `storage` block is needed.',
  example: `storage "sqlite" {
  path = "/var/lib/coffer/store"
}`,
  keys: {
    path: needed(
      key.text(
        'The file. Two more of SQLite lie beside it, with `-wal` and `-shm` at the end, its locks (`.lock`, `.process0`), the name of the node that its audit logs bear (`.node`), and a folder with a socket while the store is open.',
      ),
    ),
  },
})

export const inmemSection = section({
  title: 'storage "inmem"',
  about: 'Keeps the data in memory: it is gone when the server stops. For trying things out.',
  example: 'storage "inmem" {}',
  keys: {},
})

export const staticSealSection = section({
  title: 'seal "static"',
  about:
    'The server unseals itself with a key in a file. Whoever has the key and the data has everything, so a folder inside of the data’s is refused at the start, and it has to be backed up apart from it. Without a `seal` block the seal is `shamir`.',
  example: `seal "static" {
  key_folder = "/etc/coffer/keys"
}`,
  keys: {
    key_folder: needed(
      key.text(
        'Folder of the key, whose file is made at initialisation, with mode 0600 and named after the cluster.',
      ),
    ),
  },
  refused: {
    key_file: 'name its folder in key_folder; the file is named after the cluster',
    current_key: 'keys lie in files, in key_folder',
    current_key_id: 'keys lie in files, in key_folder',
    previous_key: 'keys lie in files, in key_folder',
    previous_key_id: 'keys lie in files, in key_folder',
  },
})

export const shamirSealSection = section({
  title: 'seal "shamir"',
  about: 'People unseal the server together after each start, with the shares that `sys/init` gave out.',
  example: 'seal "shamir" {}',
  keys: {},
})

/** Reads the keys of each kind of store. */
const readers: {
  readonly [T in StorageSettings['type']]: (body: HclObject, reader: Reader) => StorageSettings
} = {
  sqlite: (body, reader) => ({ type: 'sqlite', path: readSection(sqliteSection, body, reader).values.path }),
  inmem(body, reader) {
    readSection(inmemSection, body, reader)
    return { type: 'inmem' }
  },
  etcd: readEtcd,
  postgres: readPostgres,
}

export function readStorage({ labels, at, body }: HclBlock, reader: Reader): StorageSettings {
  const type = labels[0] ?? ''
  if (!isKind(type)) unsupported('storage', type, Object.keys(readers), { at, reader })
  return readers[type](body, reader)
}

const isKind = (type: string): type is StorageSettings['type'] => Object.hasOwn(readers, type)

export function readSeal({ labels, at, body }: HclBlock, reader: Reader): SealConfig {
  const type = labels[0] ?? ''
  if (type === 'shamir') {
    readSection(shamirSealSection, body, reader)
    return { type }
  }
  if (type !== 'static') unsupported('seal', type, ['static', 'shamir'], { at, reader })
  const { values } = readSection(staticSealSection, body, reader)
  return { type: 'static', keyFolder: values.key_folder }
}

function unsupported(
  what: string,
  type: string,
  known: readonly string[],
  { at, reader }: { at: HclBlock['at']; reader: Reader },
): never {
  return failAt(reader.source, at, `${what} ${JSON.stringify(type)} is not supported: use ${spoken(known)}`)
}
