import { key, or } from './keys.ts'
import { section } from './section.ts'

const noPlugins = 'engines and auth methods are built in'
const noCluster = 'nodes do not talk to each other, they share the store'
const logsToOutput = 'the log goes to standard output; let the service manager keep it'

/** The top level of the file. */
export const serverSection = section({
  title: '',
  about: 'Keys outside of any block.',
  example: `api_addr          = "https://secrets.example.org:8200"
default_lease_ttl = "768h"
log_level         = "info"`,
  keys: {
    api_addr: key.url('Address at which clients reach this server, as `sys/leader` tells them.', {
      plain: 'anywhere',
    }),
    cluster_addr: key.url('Shown by `sys/leader`; nodes do not talk to each other.', { plain: 'anywhere' }),
    cluster_name: key.text('Name of the cluster; made from its id without it.'),
    ui: or(true, key.flag('Serve the web page below `/ui/`, and sessions for it.')),
    default_lease_ttl: or('768h', key.duration('How long tokens and leases last when nothing else is said.')),
    max_lease_ttl: or(
      '768h',
      key.duration('How long tokens and leases last at most, where a mount does not say otherwise.'),
    ),
    default_max_request_duration: key.duration('`max_request_duration` of listeners that do not say.'),
    log_level: or(
      'info',
      key.choice('How much is logged. Nothing is logged below `info`: requests are in the audit log.', {
        trace: 'trace',
        debug: 'debug',
        info: 'info',
        warn: 'warn',
        warning: 'warn',
        error: 'error',
        err: 'error',
      }),
    ),
    log_format: or(
      'standard',
      key.choice(
        'Lines for people, or JSON. What the commands print, such as the address at the start, is no part of the log.',
        { standard: 'standard', json: 'json' },
      ),
    ),
    pid_file: key.text('File that gets the number of the process; no link, and nothing else may be in it.'),
    workers: or(
      1,
      key.workers(
        'Processes that serve behind the ports of the listeners, or `"auto"` for one a processor. Each has its own memory: limits of connections and bodies are those of one.',
        { max: 32 },
      ),
    ),
    audit_log_folder: key.text(
      'Folder below which `sys/audit` may put logs, absolute. Without it that of the first `audit` block with a file, or else `log` beside the data folder (`<name>-log` when that has another name than `data`).',
    ),
    raw_storage_endpoint: or(
      false,
      key.flag('Serve `sys/raw`, which reads and writes the storage past all engines. For repairs only.'),
    ),
  },
  blocks: { listener: 1, storage: 1, backend: 1, seal: 1, telemetry: 0, audit: 2, spaces: 1 },
  ignored: {
    disable_mlock: 'memory is never locked; encrypt the swap, or turn it off',
    cache_size: 'the cache is bounded by its bytes',
    disable_cache: 'the cache cannot be stale, so it stays on',
    disable_clustering: noCluster,
    disable_performance_standby: noCluster,
    disable_standby_reads: noCluster,
    cluster_cipher_suites: noCluster,
    disable_sealwrap: 'everything is encrypted once, by the keyring',
    disable_indexing: 'there are no indexes to disable',
    disable_sentinel_trace: 'there are no such policies',
    disable_printable_check: 'paths hold printable characters only',
    introspection_endpoint: 'there is no such endpoint',
    imprecise_lease_role_tracking: 'leases are counted exactly',
    enable_response_header_hostname: 'the header is not sent',
    enable_response_header_raft_node_id: 'there is no Raft',
    detect_deadlocks: 'there are no locks to watch',
    license_path: 'there is no licence to check',
    log_file: logsToOutput,
    log_rotate_bytes: logsToOutput,
    log_rotate_duration: logsToOutput,
    log_rotate_max_files: logsToOutput,
    log_requests_level: 'requests are in the audit log',
    plugin_directory: noPlugins,
    plugin_tmpdir: noPlugins,
    plugin_file_uid: noPlugins,
    plugin_file_permissions: noPlugins,
    plugin_auto_download: noPlugins,
    plugin_auto_register: noPlugins,
    plugin_download_behavior: noPlugins,
    plugin_download_max_size: noPlugins,
    plugin: noPlugins,
    service_registration: 'give a service registry the address and sys/health itself',
    unsafe_allow_api_audit_creation: 'sys/audit is for those whose policy allows it, with sudo',
    allow_audit_log_prefixing: 'a line of the audit log is always JSON',
    experiments: 'there are none',
    reporting: 'nothing is reported to anybody',
    cloud: 'it belongs to a service of another product',
    sentinel: 'there are no such policies',
    request_limiter: 'requests are bounded by the limits of listeners and by rate limits',
    adaptive_overload_protection: 'requests are bounded by the limits of listeners and by rate limits',
    enable_multiseal: 'there is one seal',
    enable_post_unseal_trace: 'unsealing is not traced',
    post_unseal_trace_directory: 'unsealing is not traced',
    user_lockout: 'lockout is set on each auth mount',
  },
  refused: {
    ha_storage: 'all nodes share the store of the storage block',
    entropy: 'randomness is the system’s',
    kms_library: 'keys in hardware modules are not offered',
    initialize: 'initialise through the API or with coffer operator init',
    unsafe_relative_paths: 'paths with ".." are never taken',
    unsafe_cross_namespace_identity: 'there is one namespace',
    allow_unauthenticated_workflows: 'there are no workflows',
    administrative_namespace_path: 'there is one namespace',
  },
})
