import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { CofferError } from '../../base/errors.ts'
import { parseConfig } from './config.ts'

const parse = (text: string) => parseConfig(text, { file: 'coffer.hcl' })
const base = 'listener "tcp" {}\nstorage "inmem" {}\n'
const config = (text: string) => parse(base + text).config
const refuses = (text: string, message: string) =>
  assert.throws(() => parse(text), { code: 'invalid_config', message: `coffer.hcl: ${message}` }, text)

describe('the configuration file', () => {
  it('fills in what it leaves out', () => {
    assert.deepEqual(parse(base), {
      warnings: [],
      config: {
        listeners: [
          {
            host: '127.0.0.1',
            port: 8200,
            tls: {
              certificate: { kind: 'local' },
              clients: { demand: 'ask' },
              minVersion: 'TLSv1.2',
              maxVersion: 'TLSv1.3',
              ciphers: undefined,
            },
            limits: {},
            forwarded: undefined,
            openMetrics: false,
          },
        ],
        storage: { type: 'inmem' },
        seal: { type: 'shamir' },
        ui: true,
        apiAddress: undefined,
        clusterAddress: undefined,
        clusterName: undefined,
        defaultLeaseTtl: 2_764_800,
        maxLeaseTtl: 2_764_800,
        log: { level: 'info', format: 'standard' },
        pidFile: undefined,
        telemetry: { prometheus: true },
        rawStorageEndpoint: false,
        auditLogFolder: undefined,
        workers: 1,
        audit: [],
        spaces: [],
      },
    })
  })

  it('says all of it, in HCL and in JSON', () => {
    const hcl = `
      ui = "true"
      api_addr = "http://vault.internal:8200"
      cluster_addr = "https://10.0.0.1:8201"
      cluster_name = "prod"
      default_lease_ttl = "1h"
      max_lease_ttl = 7200
      log_level = "WARNING"
      log_format = "json"
      pid_file = "/run/coffer.pid"
      audit_log_folder = "/logs"
      raw_storage_endpoint = 1
      telemetry { prometheus_retention_time = 0 }
      storage "sqlite" { path = "/data/store" }
      seal "static" { key_folder = "/keys" }
      listener "tcp" { address = "[::1]:0" tls_disable = true }
      listener "tcp" { address = "localhost" }`
    const json = JSON.stringify({
      ui: true,
      api_addr: 'http://vault.internal:8200',
      cluster_addr: 'https://10.0.0.1:8201',
      cluster_name: 'prod',
      default_lease_ttl: '1h',
      max_lease_ttl: '2h',
      log_level: 'warn',
      log_format: 'json',
      pid_file: '/run/coffer.pid',
      audit_log_folder: '/logs',
      raw_storage_endpoint: true,
      telemetry: { prometheus_retention_time: '0s' },
      storage: { sqlite: { path: '/data/store' } },
      seal: { static: { key_folder: '/keys' } },
      listener: [{ tcp: { address: '[::1]:0', tls_disable: '1' } }, { tcp: { address: 'localhost:8200' } }],
    })
    assert.deepEqual(parse(hcl), parse(json))
    const { listeners, ...others } = parse(hcl).config
    assert.deepEqual(
      listeners.map(({ host, port, tls }) => [host, port, tls === 'disabled']),
      [
        ['::1', 0, true],
        ['localhost', 8200, false],
      ],
    )
    assert.deepEqual(others, {
      storage: { type: 'sqlite', path: '/data/store' },
      seal: { type: 'static', keyFolder: '/keys' },
      ui: true,
      apiAddress: 'http://vault.internal:8200',
      clusterAddress: 'https://10.0.0.1:8201',
      clusterName: 'prod',
      defaultLeaseTtl: 3600,
      maxLeaseTtl: 7200,
      log: { level: 'warn', format: 'json' },
      pidFile: '/run/coffer.pid',
      telemetry: { prometheus: false },
      rawStorageEndpoint: true,
      auditLogFolder: '/logs',
      workers: 1,
      audit: [],
      spaces: [],
    })
  })

  it('takes keys of Vault that mean nothing here with a warning', () => {
    const { warnings } =
      parse(`${base}disable_mlock = true\nplugin_directory = "/x"\nservice_registration "consul" { address = "x" }
user_lockout "all" { lockout_threshold = 5 }\nlistener "tcp" { address = ":9000" profiling { unauthenticated_pprof_access = true } }`)
    const more = `reporting { license { enabled = false } }\nadaptive_overload_protection { disable_writes = true }
request_limiter { disable = true }\nenable_multiseal = true\nenable_post_unseal_trace = true`
    assert.equal(parse(base + more).warnings.length, 5)
    assert.deepEqual(warnings, [
      'coffer.hcl: disable_mlock has no effect: memory is never locked; encrypt the swap, or turn it off (line 3, column 1)',
      'coffer.hcl: plugin_directory has no effect: engines and auth methods are built in (line 4, column 1)',
      'coffer.hcl: service_registration has no effect: give a service registry the address and sys/health itself (line 5, column 1)',
      'coffer.hcl: user_lockout has no effect: lockout is set on each auth mount (line 6, column 1)',
      'coffer.hcl: listener "tcp": profiling has no effect: there are no profiling endpoints (line 7, column 36)',
    ])
  })

  it('refuses unknown keys and values that do not fit, with their place', () => {
    refuses('stroage "inmem" {}', 'unknown key "stroage" on line 1, column 1')
    refuses(
      'storage "inmem" {\n  x = 1\n}\nlistener "tcp" {}',
      'storage "inmem": unknown key "x" on line 2, column 3',
    )
    refuses(
      'listener "tcp" {\n  adress = "x" }\nstorage "inmem" {}',
      'listener "tcp": unknown key "adress" on line 2, column 3',
    )
    refuses('{"ui": true,\n "foo": 1}', 'unknown key "foo" on line 2, column 2')
    refuses('ui = "yes"', 'ui must be true or false on line 1, column 6')
    refuses('ui = true\nui = true', 'ui is set twice on line 2, column 1')
    refuses('ui "x" {}', 'ui takes no label on line 1, column 1')
    for (const folder of ['log', '/log/', '/log/../x']) {
      refuses(
        `audit_log_folder = "${folder}"`,
        'audit_log_folder must be an absolute path, without "." and ".." and a slash at its end on line 1, column 20',
      )
    }
    refuses('pid_file = 1', 'pid_file must be a text in quotes on line 1, column 12')
    refuses('pid_file = ""', 'pid_file must not be empty on line 1, column 12')
    refuses('pid_file = "a\\u0000"', 'pid_file must not hold control characters on line 1, column 12')
    refuses(
      `pid_file = "${'x'.repeat(4097)}"`,
      'pid_file must not be longer than 4096 characters on line 1, column 12',
    )
    refuses(
      'default_lease_ttl = "soon"',
      'default_lease_ttl must be a duration such as "90", "30s" or "1h30m" on line 1, column 21',
    )
    refuses('default_lease_ttl = -1', 'default_lease_ttl must not be negative on line 1, column 21')
    refuses(
      'default_lease_ttl = true',
      'default_lease_ttl must be a duration such as "1h" on line 1, column 21',
    )
    refuses(
      'log_level = "loud"',
      'log_level must be "trace", "debug", "info", "warn", "warning", "error" or "err" on line 1, column 13',
    )
    refuses(
      'api_addr = "vault:8200"',
      'api_addr must be a URL that begins with https:// on line 1, column 12',
    )
    refuses(
      'api_addr = "https://u:p@vault"',
      'api_addr must not hold a user name or password on line 1, column 12',
    )
    refuses(
      'ha_storage "x" {}',
      'ha_storage is not supported: all nodes share the store of the storage block on line 1, column 1',
    )
    refuses('x', 'expected = or { after "x", found the end of the text on line 1, column 2')
  })

  it('refuses what is missing, too much or contradicts itself', () => {
    refuses('storage "inmem" {}', 'a listener block is missing on line 1, column 1')
    refuses('listener "tcp" {}', 'a storage block is missing on line 1, column 1')
    refuses(`${base}storage "inmem" {}`, 'only one storage block is allowed on line 3, column 1')
    refuses(`${base}backend "inmem" {}`, 'only one storage block is allowed on line 3, column 1')
    refuses(`${base}seal "shamir" {}\nseal "shamir" {}`, 'only one seal block is allowed on line 4, column 1')
    refuses(`${base}telemetry {}\ntelemetry {}`, 'only one telemetry block is allowed on line 4, column 1')
    refuses('max_lease_ttl = "1h"', 'max_lease_ttl is shorter than default_lease_ttl on line 1, column 17')
    refuses('default_lease_ttl = 0', 'default_lease_ttl must be longer than 0 on line 1, column 21')
  })

  it('is bounded in length', () => {
    refuses(`#${'x'.repeat(1024 * 1024)}`, 'text is longer than 1048576 bytes')
  })

  it('is read or refused with a place, and never breaks the reader', () => {
    const words = [
      'listener',
      'storage',
      'seal',
      'spaces',
      'audit',
      'vo',
      'telemetry',
      '"tcp"',
      '"inmem"',
      '"egi"',
      '{',
      '}',
      '=',
      '[',
      ']',
      'ui',
      'true',
      'profile',
      'issuer',
      '"https://x"',
      'address',
      '":1"',
      'allow_any_audience',
      'options',
      '9',
      '\n',
      '{"storage":',
      '__proto__',
      'constructor',
    ]
    const text = fc.array(fc.constantFrom(...words), { maxLength: 30 }).map((all) => all.join(' '))
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          text.map((more) => base + more),
          fc.string({ unit: 'binary' }),
        ),
        (file) => {
          try {
            parse(file)
          } catch (error) {
            assert.ok(error instanceof CofferError && error.code === 'invalid_config')
            assert.match(error.message, /^coffer\.hcl: .+ on line \d+, column \d+$/s)
          }
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('the storage and seal of the configuration', () => {
  it('are of a kind that is known', () => {
    refuses(
      'listener "tcp" {}\nstorage "raft" {}',
      'storage "raft" is not supported: use "sqlite", "inmem", "etcd" or "postgres" on line 2, column 1',
    )
    refuses(
      'listener "tcp" {}\nstorage "sqlite" {}',
      'storage "sqlite": path is missing on line 2, column 18',
    )
    refuses(
      `${base}seal "awskms" {}`,
      'seal "awskms" is not supported: use "static" or "shamir" on line 3, column 1',
    )
    refuses(`${base}seal "static" {}`, 'seal "static": key_folder is missing on line 3, column 15')
    refuses(
      `${base}seal "static" { key_file = "x" }`,
      'seal "static": key_file is not supported: name its folder in key_folder; the file is named after the cluster on line 3, column 17',
    )
    assert.deepEqual(config('seal "shamir" {}').seal, { type: 'shamir' })
  })
})

describe('a listener of the configuration', () => {
  const listener = (keys: string) => {
    const [first] = parse(`listener "tcp" { ${keys} }\nstorage "inmem" {}`).config.listeners
    assert.ok(first)
    return first
  }
  const tls = (keys: string) => {
    const settings = listener(keys).tls
    assert.ok(settings !== 'disabled')
    return settings
  }
  const refusesKeys = (keys: string, message: string) =>
    refuses(`listener "tcp" {\n${keys} }\nstorage "inmem" {}`, `listener "tcp": ${message}`)

  it('has an address and a port', () => {
    const addresses = {
      '0.0.0.0:443': ['0.0.0.0', 443],
      ':8300': ['0.0.0.0', 8300],
      '[::]:1': ['::', 1],
      'a.example': ['a.example', 8200],
      '[::1]': ['::1', 8200],
    }
    for (const [address, expected] of Object.entries(addresses)) {
      const { host, port } = listener(`address = "${address}"`)
      assert.deepEqual([host, port], expected, address)
    }
    for (const address of ['a:b', '::1', '1.2.3.4:70000', '[x]:1', 'a b:1', 'unix:///x', '[::1]x', 'a/b']) {
      refusesKeys(
        `address = "${address}"`,
        'address must be a host and a port, such as "127.0.0.1:8200" or "[::1]:8200" on line 2, column 11',
      )
    }
    refuses(
      `${base}listener "tcp" {}`,
      'another listener has the address 127.0.0.1:8200 too on line 3, column 1',
    )
  })

  it('is of TCP only', () => {
    refuses(
      'listener "unix" { address = "/run/x" }\nstorage "inmem" {}',
      'listener "unix" is not supported: only "tcp" is on line 1, column 1',
    )
  })

  it('has a certificate from files, or one of its own making', () => {
    assert.deepEqual(tls('tls_cert_file = "/c" tls_key_file = "/k"').certificate, {
      kind: 'files',
      certFile: '/c',
      keyFile: '/k',
    })
    assert.deepEqual(tls('').certificate, { kind: 'local' })
    refusesKeys('tls_cert_file = "/c"', 'tls_cert_file needs tls_key_file on line 2, column 17')
    refusesKeys('tls_key_file = "/c"', 'tls_key_file needs tls_cert_file on line 2, column 16')
    refusesKeys(
      'tls_disable = true tls_cert_file = "/c"',
      'tls_cert_file says nothing together with tls_disable on line 2, column 36',
    )
  })

  it('speaks the versions and suites of TLS that it is told', () => {
    const { minVersion, maxVersion } = tls('tls_min_version = "tls13"')
    assert.deepEqual([minVersion, maxVersion], ['TLSv1.3', 'TLSv1.3'])
    refusesKeys(
      'tls_min_version = "tls10"',
      'tls_min_version must be "tls12" or "tls13" on line 2, column 19',
    )
    refusesKeys(
      'tls_min_version = "tls13" tls_max_version = "tls12"',
      'tls_min_version is newer than tls_max_version on line 2, column 19',
    )
    const suites =
      'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305'
    assert.equal(
      tls(`tls_cipher_suites = "${suites}"`).ciphers,
      'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305',
    )
    assert.throws(
      () => tls('tls_cipher_suites = "TLS_RSA_WITH_RC4_128_SHA"'),
      /tls_cipher_suites holds "TLS_RSA_WITH_RC4_128_SHA"; known are TLS_ECDHE/,
    )
  })

  it('asks for client certificates, requires them or does not care', () => {
    assert.deepEqual(tls('tls_client_ca_file = "/ca"').clients, { demand: 'ask', caFile: '/ca' })
    assert.deepEqual(tls('tls_disable_client_certs = true').clients, { demand: 'none' })
    const required = 'tls_require_and_verify_client_cert = true'
    assert.deepEqual(tls(`${required} tls_client_ca_file = "/ca"`).clients, {
      demand: 'require',
      caFile: '/ca',
    })
    refusesKeys(required, 'tls_require_and_verify_client_cert needs tls_client_ca_file on line 2, column 38')
    refusesKeys(
      `${required} tls_disable_client_certs = true`,
      'tls_require_and_verify_client_cert contradicts tls_disable_client_certs on line 2, column 38',
    )
  })

  it('has limits, which cannot be switched off', () => {
    const { limits } = listener(
      'max_request_size = "33554432" max_request_duration = "90s" http_read_timeout = "30s" http_read_header_timeout = 10 http_idle_timeout = "5m" http_write_timeout = 0',
    )
    assert.deepEqual(limits, {
      bodyBytes: 33_554_432,
      headersTime: 10_000,
      requestTime: 30_000,
      idleTime: 300_000,
      handlingTime: 90_000,
      stallTime: 120_000,
    })
    refusesKeys('max_request_size = -1', 'max_request_size must be at least 1024 on line 2, column 20')
    refusesKeys('max_request_size = 1e12', 'max_request_size must be at most 1073741824 on line 2, column 20')
    refusesKeys('max_request_size = "4MB"', 'max_request_size must be a whole number on line 2, column 20')
    const { config } = parse(
      `default_max_request_duration = "5s"\n${base}listener "tcp" { address = ":1" max_request_duration = "1s" }`,
    )
    assert.deepEqual(
      config.listeners.map(({ limits: { handlingTime } }) => handlingTime),
      [5000, 1000],
    )
  })

  it('believes the proxies that it is told', () => {
    assert.deepEqual(
      listener(
        'x_forwarded_for_authorized_addrs = "10.0.0.0/8, ::1" x_forwarded_for_hop_skips = 1 x_forwarded_for_reject_not_present = false',
      ).forwarded,
      { proxies: ['10.0.0.0/8', '::1'], hopSkips: 1, rejectNotPresent: false, rejectNotAuthorized: true },
    )
    for (const network of ['10.0.0.0/33', 'host', '10.0.0.0/8/8', '10.0.0.0/', 'fe80::1%eth0']) {
      refusesKeys(
        `x_forwarded_for_authorized_addrs = ["${network}"]`,
        `x_forwarded_for_authorized_addrs holds "${network}", which is no network on line 2, column 36`,
      )
    }
    const { config, warnings } = parse(
      'listener "tcp" { x_forwarded_for_authorized_addrs = ""\nx_forwarded_for_reject_not_present = true }\nstorage "inmem" {}',
    )
    assert.equal(config.listeners[0]?.forwarded, undefined)
    assert.deepEqual(warnings, [
      'coffer.hcl: x_forwarded_for_reject_not_present has no effect: x_forwarded_for_authorized_addrs names nobody (line 2, column 38)',
    ])
    refusesKeys(
      'proxy_protocol_behavior = "use_always"',
      'proxy_protocol_behavior is not supported: it would change whose address a request counts for; use x_forwarded_for_authorized_addrs on line 2, column 1',
    )
  })

  it('may show metrics to everyone', () => {
    assert.equal(listener('telemetry { unauthenticated_metrics_access = true }').openMetrics, true)
  })
})

describe('an audit device of the configuration', () => {
  const device = (keys: string, name = 'main/') => `audit "file" "${name}" {\n${keys} }\n${base}`

  it('has a name and the options of sys/audit', () => {
    const text = device(
      'description = "all" options { file_path = "/var/log/audit.log" log_raw = false mode = "0600" }',
    )
    assert.deepEqual(parse(text).config.audit, [
      {
        type: 'file',
        name: 'main',
        description: 'all',
        options: { file_path: '/var/log/audit.log', log_raw: 'false', mode: '0600' },
      },
    ])
    const net = `audit "socket" "net" { options { address = "logs.example:601" } }\n${base}`
    assert.deepEqual(parse(net).config.audit, [
      { type: 'socket', name: 'net', description: '', options: { address: 'logs.example:601' } },
    ])
  })

  it('is refused where sys/audit would refuse it', () => {
    refuses(device('options { }'), 'audit "main": file_path is required on line 2, column 9')
    refuses(
      device('options { file_path = "x" }'),
      'audit "main": file_path must be absolute, or stdout or discard on line 2, column 9',
    )
    refuses(device(''), 'audit "file" "main/": options is missing on line 1, column 22')
    refuses(
      device('options { a = 1 a = 2 }'),
      'audit "file" "main/": options sets "a" twice on line 2, column 9',
    )
    refuses(
      device('options { a = [] }'),
      'audit "file" "main/": options must hold texts only, and "a" is none on line 2, column 9',
    )
    refuses(
      `${base}audit "kafka" "x" { options { } }`,
      'audit "x": unknown backend type: "kafka" on line 3, column 1',
    )
    refuses(
      device('options { file_path = "stdout" }', '../x'),
      'the name of an audit device may hold letters, digits, "_", "-", "." and "/", and no part of it may begin with a mark but "_" on line 1, column 1',
    )
    const twice =
      device('options { file_path = "stdout" }', 'a') +
      device('options { file_path = "stdout" }', 'a').replace(base, '')
    assert.throws(() => parse(twice), /another audit device has the name "a" too on line 5/)
  })
})

describe('spaces in the configuration', () => {
  const spaces = (keys: string, name = 'egi') => config(`spaces "${name}" { ${keys} }`).spaces[0]
  const minimal = 'issuer = "https://idp" person_claim = "sub" bound_audiences = ["a"]'
  const refusesKeys = (keys: string, message: string) =>
    refuses(`spaces "x" {\n${keys} }\n${base}`, `spaces "x": ${message}`)

  /** What is wrong stands on the third line. */
  const refusesMore = (keys: string, message: string) => refusesKeys(`${minimal}\n${keys}`, message)

  it('come from a profile', () => {
    const keys =
      'profile = "egi" bound_audiences = "https://secrets.example.org" vo "vo.access.egi.eu" { write_role = "manager" }'
    assert.deepEqual(spaces(keys), {
      name: 'egi',
      issuer: 'https://aai.egi.eu/auth/realms/egi',
      caFile: undefined,
      boundAudiences: ['https://secrets.example.org'],
      allowAnyAudience: false,
      clientIds: [],
      personClaim: 'voperson_id',
      groups: {
        claim: 'eduperson_entitlement',
        from: 'userinfo',
        format: 'aarc',
        namespaces: ['urn:mace:egi.eu'],
        authorities: ['aai.egi.eu'],
      },
      mount: 'secrets',
      peopleFolder: 'users',
      authPath: 'jwt',
      authoritative: false,
      tokenTtl: 3600,
      tokenMaxTtl: 43_200,
      deletedSecretsTtl: 604_800,
      vos: [{ name: 'vo.access.egi.eu', group: 'vo.access.egi.eu', writeRole: 'manager', title: undefined }],
      browser: undefined,
    })
  })

  it('can be spelled out, which wins over a profile', () => {
    const found =
      spaces(`profile = "egi" issuer = "http://127.0.0.1:9000" ca_file = "/ca" allow_any_audience = true
      client_ids = ["cli"] person_claim = "sub" groups_claim = "groups" groups_from = "token" groups_format = "plain"
      mount = "/team/kv/" people_folder = "members" auth_path = "oidc" authoritative = true token_ttl = "10m" token_max_ttl = "1h"
      vo "shared" { group = "staff" }`)
    assert.deepEqual(found, {
      name: 'egi',
      issuer: 'http://127.0.0.1:9000',
      caFile: '/ca',
      boundAudiences: [],
      allowAnyAudience: true,
      clientIds: ['cli'],
      personClaim: 'sub',
      groups: { claim: 'groups', from: 'token', format: 'plain', namespaces: [], authorities: [] },
      mount: 'team/kv',
      peopleFolder: 'members',
      authPath: 'oidc',
      authoritative: true,
      tokenTtl: 600,
      tokenMaxTtl: 3600,
      deletedSecretsTtl: 604_800,
      vos: [{ name: 'shared', group: 'staff', writeRole: undefined, title: undefined }],
      browser: undefined,
    })
    assert.equal(spaces(minimal)?.groups, undefined)
  })

  it('bind an audience unless any is allowed in as many words', () => {
    const missing =
      'bound_audiences is missing: name the audiences of the tokens, or set allow_any_audience = true'
    refusesKeys('profile = "egi"', `${missing} on line 1, column 12`)
    refusesKeys('profile = "egi" bound_audiences = []', `${missing} on line 2, column 35`)
    refusesKeys(
      'profile = "egi" bound_audiences = "a" allow_any_audience = true',
      'allow_any_audience contradicts bound_audiences on line 2, column 60',
    )
  })

  it('are refused when they say too little or contradict themselves', () => {
    refusesKeys('bound_audiences = "a" person_claim = "sub"', 'issuer is missing on line 1, column 12')
    refusesKeys(
      'bound_audiences = "a" issuer = "https://idp"',
      'person_claim is missing on line 1, column 12',
    )
    refusesKeys(
      'issuer = "http://idp"',
      'issuer must begin with https:// (plain http is for addresses of this machine only) on line 2, column 10',
    )
    refusesKeys('profile = "other"', 'profile must be "egi" on line 2, column 11')
    refusesMore(`groups_from = "token"`, 'groups_from needs groups_claim on line 3, column 15')
    refusesMore(`vo "a" {}`, 'vo blocks need groups_claim on line 1, column 12')
    refusesMore(
      `groups_claim = "g" group_namespaces = "urn:mace:x"`,
      'group_namespaces needs groups_format = "aarc" on line 3, column 39',
    )
    refusesMore(
      `groups_claim = "g" groups_format = "aarc"`,
      'group_namespaces is missing on line 1, column 12',
    )
    refusesMore(
      `groups_claim = "g" groups_format = "aarc" group_namespaces = "egi.eu"`,
      'group_namespaces holds "egi.eu", which does not begin with urn: on line 3, column 62',
    )
    refusesMore(
      `token_ttl = "2h" token_max_ttl = "1h"`,
      'token_max_ttl is shorter than token_ttl on line 3, column 34',
    )
    refusesMore(`token_ttl = 0`, 'token_ttl must be longer than 0 on line 3, column 13')
  })

  it('have names that can stand in paths', () => {
    const rule =
      'may hold letters, digits, "_", "-" and ".", must not begin with a mark but "_", and be no longer than 128'
    refusesMore(`mount = "a//b"`, `each part of mount ${rule} on line 3, column 9`)
    refusesMore(`people_folder = "a/b"`, `people_folder ${rule} on line 3, column 17`)
    refusesMore(`people_folder = "vos"`, 'people_folder must not be "vos" on line 3, column 17')
    refusesMore(`auth_path = "a/../b"`, `each part of auth_path ${rule} on line 3, column 13`)
    for (const name of ['', '..', '.x', 'a/b', 'a*', '+', 'é', 'a b', 'x'.repeat(129)]) {
      assert.throws(() => spaces(minimal, name), { code: 'invalid_config' }, name)
      assert.throws(
        () => spaces(`${minimal} groups_claim = "g" vo "${name}" {}`),
        { code: 'invalid_config' },
        name,
      )
    }
    assert.throws(() => spaces(`${minimal} groups_claim = "g"\nvo "a" {}\nvo "a" {}`), {
      message: 'coffer.hcl: spaces "egi", vo "a" is there twice on line 5, column 1',
    })
  })

  it('agree with each other', () => {
    const two = (first: string, second: string) =>
      config(`spaces "a" {\n${first} }\nspaces "b" {\n${second} }`)
    const a = 'issuer = "https://a" person_claim = "sub" bound_audiences = "x"'
    const b = 'issuer = "https://b" person_claim = "sub" bound_audiences = "x" auth_path = "b"'
    const fails = (first: string, second: string, message: string) =>
      assert.throws(() => two(first, second), { message: `coffer.hcl: spaces ${message}` })
    assert.equal(two(`${a} authoritative = true`, b).spaces.length, 2)
    assert.equal(two(a, `${b} mount = "other"`).spaces.length, 2)
    assert.equal(two(a, `${b} people_folder = "guests"`).spaces.length, 2)
    assert.equal(two(`${a} authoritative = true`, b.replace('"b"', '"jwt"')).spaces.length, 2)
    const share =
      '2 blocks share the folder "secrets/users": exactly one must be authoritative, or give each a people_folder of its own'
    fails(a, b, `"a": ${share} on line 3, column 1`)
    fails(`${a} authoritative = true`, `${b} authoritative = true`, `"a": ${share} on line 3, column 1`)
    const own = `${a} authoritative = true`
    fails(
      own,
      b.replace('https://b', 'https://a'),
      '"b": another block has the same issuer on line 5, column 1',
    )
    const guests = b.replace('"b"', '"jwt" people_folder = "guests"')
    fails(
      a,
      guests,
      '"a": 2 blocks share the login "jwt": exactly one must be authoritative, or give each an auth_path of its own on line 3, column 1',
    )
    assert.throws(() => config(`spaces "a" { ${own} }\nspaces "b-c" { ${b} }`), {
      message: /"b-c": its name follows the names of its people, since it shares them/,
    })
    const named = (vo: string) => `groups_claim = "g" vo "${vo}" {}`
    assert.throws(
      () => config(`spaces "a" { ${a} ${named('b-c')} }\nspaces "a-b" { ${b} mount = "m" ${named('c')} }`),
      {
        message: /"a-b": its policy "spaces-a-b-c-read" would have the name of another one/,
      },
    )
    assert.throws(() => config(`spaces "a" { ${a} ${named('v')} vo "V" {} }`), {
      message: /"a": its policy "spaces-a-v-read" would have the name of another one/,
    })
    const vo = 'groups_claim = "g" vo "v" {}'
    fails(`${own} ${vo}`, `${b} ${vo}`, '"b": spaces "a" has the folder "v" too on line 5, column 1')
    assert.throws(() => config(`spaces "a" { ${a} }\nspaces "a" { ${b} mount = "m" }`), {
      message: /another block has the same name/,
    })
  })

  it('warn of a login path that clients would cut in the wrong place', () => {
    const { warnings } = parse(`${base}spaces "a" { ${minimal} auth_path = "my-jwt" }`)
    assert.equal(warnings.length, 1)
    assert.match(warnings[0] ?? '', /^coffer\.hcl: auth_path "my-jwt" holds a dash/)
    const nested = parse(`${base}spaces "a" { ${minimal} auth_path = "team/jwt" }`)
    assert.match(nested.warnings[0] ?? '', /auth_path "team\/jwt" holds a slash, which becomes one/)
  })
})
