/**
 * Commands of other clients that are not there, with why, or what to use instead. In the order in which the
 * reference lists them.
 */
export const absentCommands: Readonly<Record<string, string>> = {
  agent: 'there is no helper process; clients log in by themselves, and a proxy in front keeps connections',
  proxy: 'there is no helper process; any HTTP proxy serves in its place',
  monitor: 'the log is the standard error of the server, such as: journalctl -fu coffer',
  debug: 'read sys/host-info, sys/metrics, sys/duties and sys/in-flight-req',
  'version-history': 'the server keeps none; coffer status shows its version',
  namespace: 'there are no namespaces; policies and mounts keep people apart',
  events: 'the server sends no events; the audit log has every request',
  scan: 'secrets below a folder are listed with: coffer kv scan',
  transit: 'use: coffer write transit/keys/NAME/import',
  pki: 'there is no PKI engine',
  ssh: 'there is no SSH engine',
  transform: 'there is no transform engine',
  hcp: 'it belongs to a service of another product',
  'auth help': 'use: coffer login -help, or coffer path-help auth/PATH',
  'plugin register': 'every engine and auth method is a part of the server',
  'plugin deregister': 'every engine and auth method is a part of the server',
  'plugin init': 'every engine and auth method is a part of the server',
  'plugin reload': 'every engine and auth method is a part of the server',
  'plugin reload-status': 'every engine and auth method is a part of the server',
  'plugin runtime': 'every engine and auth method is a part of the server',
  'operator usage': 'use: coffer usage',
  'operator diagnose': 'what keeps a server from starting is said when it starts',
  'operator validate-config':
    'a server refuses a configuration that does not load, and says where, before it serves',
  'operator step-down': 'processes on one store need no leader',
  'operator raft': 'the store is no cluster of its own; use: coffer operator backup, coffer operator restore',
  'operator rotate-keys': 'use: coffer operator rotate, coffer operator rekey',
}

const pgp = 'nothing is encrypted by OpenPGP here: run it over TLS and give each holder their share alone'

/** The same of flags, without their dash. */
export const absentFlags: Readonly<Record<string, string>> = {
  'agent-address': 'there is no helper process; use: -address',
  'client-cert': 'no login here takes a certificate',
  'client-key': 'no login here takes a certificate',
  'disable-redirects': 'servers here redirect nobody',
  header: 'no header of a request means more than the flags that there are',
  mfa: 'the identity provider asks for second factors',
  'non-interactive': 'nothing is asked for without a terminal',
  'output-curl-string': 'coffer path-help PATH shows what a request takes, coffer print token the token',
  'output-policy': 'an answer that is refused says which capability was missing, and where',
  'policy-override': 'there are no policies of that kind',
  'unlock-key': 'there are no namespaces that could be locked',
  'pgp-keys': pgp,
  'recovery-pgp-keys': pgp,
  'root-token-pgp-key': pgp,
  'pgp-key': pgp,
}
