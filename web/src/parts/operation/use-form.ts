import { useState } from 'react'
import type { JsonObject } from '../../../../src/base/json/json.ts'
import type { Field } from '../../api/description/fields.ts'
import type { Operation } from '../../api/description/operations.ts'
import type { Sent } from '../../api/description/sent.ts'
import { changesOf, type Draft, draftOf, faultOf, valuesOf } from '../shape-form/draft.ts'

/** What stands in for a body of which nothing is declared. */
const anyBody = 'data'

const openField = (description: string): Field => ({
  name: anyBody,
  description,
  kind: 'json',
  required: true,
  options: [],
  minimum: undefined,
  maximum: undefined,
  maxLength: undefined,
  standard: undefined,
  rare: false,
})

export type Form = {
  readonly fields: { readonly path: readonly Field[]; readonly others: readonly Field[] }
  readonly path: Draft
  readonly others: Draft
  readonly changePath: (draft: Draft) => void
  readonly changeOthers: (draft: Draft) => void
  readonly isChanged: boolean
  /** What is filled in is stored now. */
  readonly settle: () => void
  /** Undefined while something is missing or wrong. */
  readonly sent: Sent | undefined
}

export type FormOptions = {
  /** Values of parameters that are settled. */
  readonly given?: Readonly<Record<string, string>>
  /** The fields of the body, where they are more or less than those of the operation. */
  readonly fields?: readonly Field[]
  /** What is stored. */
  readonly current?: JsonObject | undefined
  /** What a body of any fields is. */
  readonly openHint: string
}

const isSecret = ({ kind }: Field) => kind === 'secret'

/** What somebody fills in for an operation. */
export function useForm(operation: Operation, options: FormOptions): Form {
  const { given = {}, current, openHint } = options
  const inPath = operation.parameters.filter(({ name }) => given[name] === undefined)
  const body = options.fields ?? (operation.takesAny ? [openField(openHint)] : operation.body)
  const others = [...operation.query, ...body]
  const [before, setBefore] = useState(() => draftOf(others, current))
  const [path, changePath] = useState<Draft>(() => draftOf(inPath))
  const [draft, changeOthers] = useState<Draft>(before)
  const isWhole = [
    ...inPath.map((field) => faultOf(field, path[field.name] ?? '')),
    ...others.map((field) => faultOf(field, draft[field.name] ?? '')),
  ].every((fault) => fault === undefined)
  // What keeps what is not named gets what was changed alone; everything else is written as a whole.
  const written =
    current !== undefined && operation.keepsOthers ? changesOf(body, draft, before) : valuesOf(body, draft)
  const opened = written[anyBody]
  return {
    fields: { path: inPath, others },
    path,
    others: draft,
    changePath,
    changeOthers,
    settle: () => {
      const now = { ...draft, ...Object.fromEntries(others.filter(isSecret).map(({ name }) => [name, ''])) }
      setBefore(now)
      changeOthers(now)
    },
    isChanged: draft !== before || Object.values(path).some((text) => text !== ''),
    sent: isWhole
      ? {
          parameters: { ...path, ...given },
          query: valuesOf(operation.query, draft),
          body: operation.takesAny && options.fields === undefined ? (opened as JsonObject) : written,
        }
      : undefined,
  }
}
