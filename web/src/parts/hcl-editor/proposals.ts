/** What can stand at a place of a policy. */
export type Proposals = {
  /** How many characters before the place are part of it already. */
  readonly typed: number
  readonly kind: 'capability' | 'key' | 'template' | 'rule'
  readonly names: readonly string[]
}

const capabilities = ['create', 'read', 'update', 'patch', 'delete', 'list', 'scan', 'sudo', 'deny']
const keys = [
  'capabilities',
  'allowed_parameters',
  'denied_parameters',
  'required_parameters',
  'min_wrapping_ttl',
  'max_wrapping_ttl',
  'comment',
]
const templates = [
  'identity.entity.id',
  'identity.entity.name',
  'identity.entity.metadata.',
  'identity.entity.aliases.',
  'identity.groups.names',
  'identity.groups.ids',
  'identity.groups.metadata.',
]

/** How much of a text before a place says what may stand there. */
const sight = 4000

/** @param before the text before the place */
export function proposalsAt(before: string): Proposals | undefined {
  const near = before.slice(-sight)
  const template = /\{\{\s*([\w.]*)$/.exec(near)
  if (template !== null) return { typed: template[1]?.length ?? 0, kind: 'template', names: templates }
  const list = /capabilities"?\s*[=:]\s*\[[^\]]*?(["\w]*)$/.exec(near)
  if (list !== null) {
    const word = /"?\w*$/.exec(list[1] ?? '')?.[0] ?? ''
    const given = [...(list[0] ?? '').matchAll(/"(\w+)"/g)].map(([, name]) => name)
    const names = capabilities.filter((name) => !given.includes(name)).map((name) => `"${name}"`)
    return { typed: word.length, kind: 'capability', names }
  }
  const code = near.replace(/#[^\n]*|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"/g, ' ')
  if (code.includes('"')) return undefined
  const word = /[a-z_]*$/.exec(near)?.[0] ?? ''
  const line = /[^\n{]*$/.exec(near)?.[0].trim() ?? ''
  if (line !== word) return undefined
  const depth = (code.match(/\{/g)?.length ?? 0) - (code.match(/\}/g)?.length ?? 0)
  if (depth === 1) return { typed: word.length, kind: 'key', names: keys }
  return depth === 0 ? { typed: word.length, kind: 'rule', names: ['path'] } : undefined
}
