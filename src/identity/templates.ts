import type { TemplateValues } from '../policy/pattern.ts'
import type { Identity } from './resolve.ts'

/**
 * The values that policy templates have for an identity: `identity.entity.id`, `.name`, `.metadata.<key>`,
 * `.aliases.<accessor>.id|name|metadata.<key>|custom_metadata.<key>`, `identity.groups.ids.<id>.name`,
 * `identity.groups.names.<name>.id`, and, one value a group, `identity.groups.ids`, `identity.groups.names`
 * and `identity.groups.metadata.<key>`.
 */
export function templateValues({ entity, groups }: Identity): TemplateValues {
  const one = (value: string | undefined) => (value === undefined ? [] : [value])
  const textOf = (texts: Readonly<Record<string, string>> | null, key: string) =>
    texts !== null && Object.hasOwn(texts, key) ? one(texts[key]) : []

  function ofEntity(name: string): readonly string[] {
    if (name === 'id') return [entity.id]
    if (name === 'name') return [entity.name]
    if (name.startsWith('metadata.')) return textOf(entity.metadata, name.slice('metadata.'.length))
    const match = /^aliases\.([^.]+)\.(.+)$/s.exec(name)
    const alias = entity.aliases.find(({ mountAccessor }) => mountAccessor === match?.[1])
    const rest = match?.[2]
    if (alias === undefined || rest === undefined) return []
    if (rest === 'id') return [alias.id]
    if (rest === 'name') return [alias.name]
    if (rest.startsWith('metadata.')) return textOf(alias.metadata, rest.slice('metadata.'.length))
    if (rest.startsWith('custom_metadata.'))
      return textOf(alias.customMetadata, rest.slice('custom_metadata.'.length))
    return []
  }

  function ofGroups(name: string): readonly string[] {
    if (name === 'ids') return groups.map(({ id }) => id)
    if (name === 'names') return groups.map((group) => group.name)
    if (name.startsWith('metadata.')) {
      return groups.flatMap(({ metadata }) => textOf(metadata, name.slice('metadata.'.length)))
    }
    for (const group of groups) {
      const own = [`ids.${group.id}.`, `names.${group.name}.`].find((start) => name.startsWith(start))
      if (own === undefined) continue
      const rest = name.slice(own.length)
      if (rest === 'id') return [group.id]
      if (rest === 'name') return [group.name]
      if (rest.startsWith('metadata.')) return textOf(group.metadata, rest.slice('metadata.'.length))
    }
    return []
  }

  return (name) => {
    if (name.startsWith('identity.entity.')) return ofEntity(name.slice('identity.entity.'.length))
    return name.startsWith('identity.groups.') ? ofGroups(name.slice('identity.groups.'.length)) : []
  }
}
