import type { Section } from '../shape.ts'

export const table: Section<'table'> = {
  table: {
    filter: (what) => `Filtern: ${what}`,
    clear: 'Filter leeren',
    none: 'Nichts passt',
    noneText: 'Geben Sie weniger oder etwas anderes ein.',
    actions: 'Aktionen',
    count: (count, more) => `${count}${more ? '+' : ''} ${count === 1 && !more ? 'Zeile' : 'Zeilen'}`,
  },
}
