import type { HclObject } from '../../base/hcl/hcl.ts'
import type { EtcdSettings } from '../../storage/etcd/settings.ts'
import { key, needed, or } from './keys.ts'
import { type Reader, readSection, section } from './section.ts'

export const etcdSection = section({
  title: 'storage "etcd"',
  about:
    'Keeps the data in a cluster of etcd, version 3.4 or newer, with its default settings or larger ones. Any number of nodes use it at the same time. Every node names the same prefix and has a state folder of its own. [three-machines.md](three-machines.md) sets up three machines with it. See [the guide](etcd.md) for what etcd needs.',
  example: `storage "etcd" {
  endpoints     = ["https://10.0.0.1:2379", "https://10.0.0.2:2379", "https://10.0.0.3:2379"]
  tls_ca_file   = "/etc/coffer/etcd-ca.pem"
  tls_cert_file = "/etc/coffer/etcd.pem"
  tls_key_file  = "/etc/coffer/etcd.key"
  state_folder  = "/var/lib/coffer"
}`,
  keys: {
    endpoints: needed(
      key.list(
        'Addresses of the members, `https://host:port`; `http://` is for members on this machine and for networks that nobody else is on, and gives a warning.',
      ),
    ),
    tls_ca_file: key.text(
      'PEM file of the authorities that sign the members’ certificates; without it, those that Node trusts.',
    ),
    tls_cert_file: key.text('PEM file of the certificate that is shown to the members.'),
    tls_key_file: key.text('PEM file of its private key.'),
    username: key.text('User of etcd’s own authentication.'),
    password_file: key.text('File of its password, read at each login; a line break at its end is left out.'),
    prefix: or(
      'coffer/',
      key.text('What all keys begin with, with a slash at the end. No two clusters of Coffer may share one.'),
    ),
    state_folder: needed(
      key.text(
        'Folder for what this node remembers of etcd: its name, which its audit logs bear, and how far etcd was when it was last seen, so that a start notices that etcd lost data. Not to be copied to another node.',
      ),
    ),
    timeout: or(
      '10s',
      key.duration(
        'How long a call is tried, at one member after the other. A write of which nothing is known by then fails, and says so.',
      ),
    ),
    compaction_retention: or(
      '10m',
      key.duration(
        'etcd keeps every revision until it is compacted. Revisions that are older than this are compacted; `"0"` leaves it to etcd’s own `--auto-compaction-retention`.',
      ),
    ),
  },
  ignored: {
    etcd_api: 'version 3 is always used',
    sync: 'the members are those of endpoints',
    ha_enabled: 'every node serves',
  },
  refused: {
    address: 'list the members in endpoints',
    path: 'say it in prefix, with a slash at the end',
    password: 'it lies in a file, in password_file',
    discovery_srv: 'list the members in endpoints',
  },
})

const wrongEndpoint = 'endpoints must hold addresses such as "https://10.0.0.1:2379"'

export function readEtcd(body: HclObject, reader: Reader): EtcdSettings {
  const read = readSection(etcdSection, body, reader)
  const { values } = read
  if (values.endpoints.length === 0 || values.endpoints.length > 16) {
    read.wrong('endpoints', 'endpoints must name between one and 16 members')
  }
  for (const text of values.endpoints) {
    const url = URL.parse(text) ?? read.wrong('endpoints', wrongEndpoint)
    if (
      !/^https?:$/.test(url.protocol) ||
      !/^\/?$/.test(url.pathname) ||
      url.search + url.hash + url.username + url.password !== ''
    ) {
      read.wrong('endpoints', wrongEndpoint)
    }
    if (url.protocol === 'http:' && !/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)) {
      reader.warn(
        read.at('endpoints'),
        `storage "etcd": ${url.host} is reached without TLS; whoever is on the way can change what is stored`,
      )
    }
  }
  if ((values.tls_cert_file === undefined) !== (values.tls_key_file === undefined)) {
    read.wrong('tls_cert_file', 'tls_cert_file and tls_key_file belong together')
  }
  if ((values.username === undefined) !== (values.password_file === undefined)) {
    read.wrong('username', 'username and password_file belong together')
  }
  if (!/^[^/](?:.*[^/])?\/$/.test(values.prefix) || values.prefix.length > 256) {
    read.wrong('prefix', 'prefix must end in one slash, begin with none, and have at most 256 characters')
  }
  if (values.timeout < 1) read.wrong('timeout', 'timeout must be at least a second')
  if (values.compaction_retention !== 0 && values.compaction_retention < 60) {
    read.wrong('compaction_retention', 'compaction_retention must be "0" or at least a minute')
  }
  return {
    type: 'etcd',
    endpoints: values.endpoints,
    caFile: values.tls_ca_file,
    certFile: values.tls_cert_file,
    keyFile: values.tls_key_file,
    username: values.username,
    passwordFile: values.password_file,
    prefix: values.prefix,
    stateFolder: values.state_folder,
    timeout: values.timeout,
    compactionRetention: values.compaction_retention,
  }
}
