import type { Section } from '../shape.ts'

export const find: Section<'find'> = {
  find: {
    open: 'Überall suchen',
    title: 'Suchen',
    label: 'Namen und Metadaten an allen Orten',
    results: 'Ergebnisse',
    places: 'Orte',
    none: (text: string) => `Nichts heißt „${text}“`,
    noneText: 'Angesehen wurden Namen, Ordner und Metadaten, soweit Sie sie sehen dürfen.',
    more: 'Weitere Ergebnisse',
    goOn: 'Weitersuchen',
    looking: 'Die Suche läuft …',
    count: (count: number, more: boolean) =>
      `${count}${more ? '+' : ''} ${count === 1 && !more ? 'Ergebnis' : 'Ergebnisse'}`,
    keys: 'Pfeiltasten zum Wählen, Enter zum Öffnen, Esc zum Schließen',
  },
  tree: {
    label: 'Ordner',
    loading: 'Wird geladen …',
    failed: 'Nicht geladen. Noch einmal',
    more: 'Weitere Ordner suchen',
  },
}
