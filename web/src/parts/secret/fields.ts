import { isJsonObject, type Json, type JsonObject, parseJson } from '../../../../src/base/json/json.ts'
import { binaryOf } from './files/file.ts'

/** A field of a secret as it is edited. What is no text is edited as JSON; a file that is no text is base64. */
export type Field = {
  /** Tells fields apart while their names change. */
  readonly id: number
  readonly name: string
  readonly value: string
  readonly kind: 'text' | 'json' | 'file'
}

/** The field that holds the notes of a secret, which other clients show as one like the others. */
export const notesField = 'notes'

/** The notes of a secret, and what it holds beside them. Only a text that is not empty is notes. */
export function splitNotes(data: JsonObject): { readonly notes: string; readonly rest: JsonObject } {
  const notes = Object.hasOwn(data, notesField) ? data[notesField] : undefined
  if (typeof notes !== 'string' || notes === '') return { notes: '', rest: data }
  return { notes, rest: Object.fromEntries(Object.entries(data).filter(([name]) => name !== notesField)) }
}

let ids = 0
export const newField = (name = '', value = ''): Field => ({ id: ids++, name, value, kind: 'text' })

export const fieldsOf = (data: JsonObject): Field[] =>
  Object.entries(data).map(([name, value]) => {
    const isBinary = typeof value === 'string' && binaryOf(name, value) !== undefined
    return { id: ids++, name, ...shownValue(value), ...(isBinary && { kind: 'file' }) }
  })

/** A value as text, and whether that is its JSON. */
export const shownValue = (value: Json): Pick<Field, 'value' | 'kind'> =>
  typeof value === 'string' ? { value, kind: 'text' } : { value: JSON.stringify(value), kind: 'json' }

export type Fault = 'missing' | 'twice' | 'json'

/** What is wrong with each field; nothing for those that are right. @param notes beside them; empty for none */
export function faultsIn(fields: readonly Field[], notes = ''): Map<number, Fault> {
  const faults = new Map<number, Fault>()
  const names = new Set<string>(notes === '' ? [] : [notesField])
  for (const { id, name, value, kind } of fields) {
    if (name === '') faults.set(id, 'missing')
    else if (names.has(name)) faults.set(id, 'twice')
    else if (kind === 'json' && jsonOf(value) === undefined) faults.set(id, 'json')
    names.add(name)
  }
  return faults
}

/** The secret that fields without faults make, with its notes at the end. */
export const dataOf = (fields: readonly Field[], notes = ''): JsonObject =>
  Object.fromEntries([
    ...fields.map(({ name, value, kind }) => [name, kind === 'json' ? (jsonOf(value) ?? null) : value]),
    ...(notes === '' ? [] : [[notesField, notes]]),
  ])

function jsonOf(text: string): Json | undefined {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

/** A secret from its JSON; undefined where that is no object. */
export function dataFromJson(text: string): JsonObject | undefined {
  const value = jsonOf(text)
  return value !== undefined && isJsonObject(value) ? value : undefined
}

/** Whether a name can be that of a secret: no empty part, no `.` and `..`, and no folder. */
export const isGoodName = (name: string): boolean =>
  name.isWellFormed() && name.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
