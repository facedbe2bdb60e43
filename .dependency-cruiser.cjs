// The layers of src/, from the lowest to the highest. A layer may import itself and what stands before it.
const layers = [
  ['base'],
  ['storage'],
  ['barrier'],
  ['transaction'],
  ['policy'],
  ['identity', 'token', 'lease', 'audit', 'usage'],
  ['backend'],
  ['engines', 'auth', 'sys'],
  ['core'],
  ['http'],
]
const below = (level) => layers.slice(0, level).flat()

const upward = layers.flatMap((group, level) =>
  group.map((name) => ({
    name: `${name}-imports-down-only`,
    comment: `src/${name} may import ${below(level).join(', ') || 'nothing of ours'}`,
    severity: 'error',
    from: { path: `^src/${name}/`, pathNot: '\\.test\\.ts$' },
    to: { path: '^(src|test|bench)/', pathNot: `^src/(${[...below(level), ...group].join('|')})/` },
  })),
)

module.exports = {
  forbidden: [
    ...upward,
    {
      name: 'siblings-stay-apart',
      comment: 'one engine, auth method or store never imports another; what they share lies below them',
      severity: 'error',
      from: { path: '^src/(engines|auth|storage)/([^/]+)/', pathNot: '^src/storage/contract/' },
      to: { path: '^src/(engines|auth|storage)/([^/]+)/', pathNot: '^src/($1/$2|storage/contract)/' },
    },
    {
      name: 'client-stands-alone',
      comment: 'the client is published by itself: it may use base and nothing of the server',
      severity: 'error',
      from: { path: '^src/client/' },
      to: { path: '^src/', pathNot: '^src/(client|base)/' },
    },
    {
      name: 'cli-uses-the-client',
      comment:
        'commands speak HTTP like any other client; only what needs no running server may reach into it',
      severity: 'error',
      from: {
        path: '^src/cli/',
        pathNot: '^src/cli/(server/|audit/|operator/((backup|restore)\\.ts$|migrate/))|\\.test\\.ts$',
      },
      to: { path: '^src/', pathNot: '^src/(cli|client|base)/' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'tests-are-not-imported',
      comment: 'what is made for tests serves nobody else',
      severity: 'error',
      from: { path: '^src/', pathNot: '(\\.test|-for-tests|/chaos|/hostile)\\.ts$|/testing/' },
      to: { path: '(\\.test|-for-tests|/chaos|/hostile)\\.ts$|/testing/' },
    },
  ],
  options: { tsPreCompilationDeps: true, doNotFollow: { path: 'node_modules' }, parser: 'swc' },
}
