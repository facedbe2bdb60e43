import { isIP } from 'node:net'
import type { HclObject } from '../../base/hcl/hcl.ts'
import type { StorageSettings } from '../../storage/open.ts'
import { key, needed, or } from './keys.ts'
import { type Reader, readSection, section } from './section.ts'

const defaultPort = 5432
const maxHosts = 16

export const postgresSection = section({
  title: 'storage "postgres"',
  about:
    'Keeps the data in a PostgreSQL database, which any number of nodes share. The tables are made at the first start. See [the guide](postgres.md) for what the database needs.',
  example: `storage "postgres" {
  hosts         = ["db1.example.org", "db2.example.org"]
  password_file = "/etc/coffer/postgres-password"
  tls_ca_file   = "/etc/coffer/postgres-ca.pem"
  state_folder  = "/var/lib/coffer"
}`,
  keys: {
    hosts: needed(
      key.list(
        'The servers, as `"name"`, `"name:port"`, `"[address]:port"` or the folder of a Unix socket. The first that takes writes is used; the port is 5432 unless it is given.',
      ),
    ),
    database: or('coffer', key.text('The database.')),
    user: or('coffer', key.text('The user, who owns the tables.')),
    schema: or('public', key.text('The schema of the database that the tables lie in.')),
    password_file: key.text('A file with the password. It is read anew for each connection.'),
    password_command: key.list(
      'A program with its arguments that prints the password, for instance a short-lived token of a cloud. It is run anew for each connection, without a shell, for at most ten seconds.',
    ),
    tls_disable: or(
      false,
      key.flag('Connect in clear. For servers on this machine, or on a network that is protected otherwise.'),
    ),
    tls_ca_file: key.text(
      'The authority of the servers’ certificates, in PEM. Without it the well-known authorities are trusted. Each server’s certificate has to name it as `hosts` does.',
    ),
    tls_cert_file: key.text('A certificate to log in with, in PEM.'),
    tls_key_file: key.text('Its key, in PEM.'),
    state_folder: needed(
      key.text(
        'A folder of this node: its name, and what it saw of the database last, so that one that lost data is recognised. No two nodes may share it or have copies of it.',
      ),
    ),
    max_connections: or(
      24,
      key.count(
        'Connections that one process opens at most. All processes of all nodes together must stay below the `max_connections` of the database.',
        { min: 4, max: 1000 },
      ),
    ),
  },
  ignored: {
    ha_enabled: 'every node is active',
    max_idle_connections: 'max_connections bounds the connections',
    max_parallel: 'max_connections bounds the connections',
  },
  refused: {
    connection_url: 'name hosts, database and user, and put the password into password_file',
    table: 'the tables have names of their own; schema says where they lie',
    ha_table: 'the tables have names of their own; schema says where they lie',
  },
})

export function readPostgres(body: HclObject, reader: Reader): StorageSettings {
  const { values, wrong } = readSection(postgresSection, body, reader)
  const {
    password_file: file,
    password_command: command,
    tls_cert_file: certFile,
    tls_key_file: keyFile,
  } = values
  if (values.hosts.length === 0 || values.hosts.length > maxHosts)
    wrong('hosts', `hosts must name 1 to ${maxHosts} servers`)
  if (file !== undefined && command !== undefined)
    wrong('password_command', 'password_command says nothing together with password_file')
  if (command?.length === 0) wrong('password_command', 'password_command must name a program')
  if (values.tls_disable) {
    for (const name of ['tls_ca_file', 'tls_cert_file', 'tls_key_file'] as const) {
      if (values[name] !== undefined) wrong(name, `${name} says nothing together with tls_disable`)
    }
  }
  if (certFile === undefined && keyFile !== undefined)
    wrong('tls_key_file', 'tls_key_file needs tls_cert_file')
  if (certFile !== undefined && keyFile === undefined)
    wrong('tls_cert_file', 'tls_cert_file needs tls_key_file')
  return {
    type: 'postgres',
    hosts: values.hosts.map(
      (text) => readHost(text) ?? wrong('hosts', `hosts holds ${JSON.stringify(text)}, which is no server`),
    ),
    database: values.database,
    user: values.user,
    schema: values.schema,
    password: file !== undefined ? { file } : command !== undefined ? { command } : undefined,
    tls: values.tls_disable
      ? undefined
      : {
          caFile: values.tls_ca_file,
          client: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
        },
    maxConnections: values.max_connections,
    stateFolder: values.state_folder,
  }
}

/** @returns undefined for what names no server */
function readHost(text: string): { host: string; port: number } | undefined {
  if (text.startsWith('/')) return { host: text, port: defaultPort }
  if (isIP(text) !== 0) return { host: text, port: defaultPort }
  const [, bracketed, name, digits] =
    /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/i.exec(text) ?? []
  const host = bracketed ?? name
  const port = digits === undefined ? defaultPort : Number(digits)
  if (host === undefined || (bracketed !== undefined && isIP(bracketed) !== 6)) return undefined
  return port < 1 || port > 65_535 ? undefined : { host, port }
}
