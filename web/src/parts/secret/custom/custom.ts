import type { Custom } from '../../../api/custom.ts'

/** A line of custom metadata as it is edited. */
export type Line = { readonly id: number; readonly name: string; readonly value: string }

export type LineFault = 'missing' | 'twice' | 'no-value' | 'long-name' | 'long-value' | 'unprintable'

/** The limits of the server, in lines and in bytes. */
export const mostLines = 64
export const nameLimit = 128
export const valueLimit = 512

let ids = 0
export const newLine = (name = '', value = ''): Line => ({ id: ids++, name, value })

export const linesOf = (custom: Custom): Line[] =>
  Object.entries(custom).map(([name, value]) => newLine(name, value))

/** What is in them; a line that nobody filled counts as none. */
export const customOf = (lines: readonly Line[]): Custom =>
  Object.fromEntries(lines.filter(isFilled).map(({ name, value }) => [name, value]))

/** What the server would refuse of each line; nothing for those that it would take. */
export function lineFaults(lines: readonly Line[]): Map<number, LineFault> {
  const faults = new Map<number, LineFault>()
  const names = new Set<string>()
  for (const line of lines.filter(isFilled)) {
    const fault = names.has(line.name) ? 'twice' : faultOf(line)
    if (fault !== undefined) faults.set(line.id, fault)
    names.add(line.name)
  }
  return faults
}

function faultOf({ name, value }: Line): LineFault | undefined {
  if (name === '') return 'missing'
  if (value === '') return 'no-value'
  if (bytesOf(name) > nameLimit) return 'long-name'
  if (bytesOf(value) > valueLimit) return 'long-value'
  return /[\p{C}\p{Zl}\p{Zp}]/u.test(name + value) ? 'unprintable' : undefined
}

const isFilled = ({ name, value }: Line): boolean => name !== '' || value !== ''

const bytesOf = (text: string): number => new TextEncoder().encode(text).length
