import type { Field } from '../../api/description/fields.ts'

/** The fields of a form in the order in which people need them. */
export type Groups = {
  readonly usual: readonly Field[]
  /** About the tokens that a login gives. */
  readonly tokens: readonly Field[]
  readonly rare: readonly Field[]
}

export function groupsOf(fields: readonly Field[]): Groups {
  const isToken = ({ name }: Field) => name.startsWith('token_')
  const often = fields.filter(({ rare }) => !rare)
  const tokens = often.filter(isToken)
  // A form of nothing else needs no group.
  const apart = tokens.length > 1 && tokens.length < often.length
  return {
    usual: apart ? often.filter((field) => !isToken(field)) : often,
    tokens: apart ? tokens : [],
    rare: fields.filter(({ rare }) => rare),
  }
}

/** The field with the choices of another that is its like: what is answered often says more than what is taken. */
export const withChoices = (fields: readonly Field[], answered: readonly Field[]): Field[] =>
  fields.map((field) => {
    const like = answered.find(({ name, kind }) => name === field.name && kind === 'choice')
    return like === undefined || field.kind !== 'text'
      ? field
      : { ...field, kind: 'choice', options: like.options }
  })
