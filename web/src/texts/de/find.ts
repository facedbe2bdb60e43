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
  only: {
    label: 'Welche Namen',
    all: 'Alle Namen',
    expires: 'Läuft bald ab',
    unused: 'Unbenutzt',
    shared: 'Geteilt',
    mine: 'Meine',
    about: {
      expires:
        'Endet binnen 30 Tagen oder ist abgelaufen: laut „expires“ in den eigenen Metadaten, oder weil die Version sich selbst löscht. Hier und in Ordnern darunter.',
      unused: 'Seit 90 Tagen weder gelesen noch geändert. Hier und in Ordnern darunter.',
      shared: 'Im Ordner einer VO, oder kürzlich auch von anderen benutzt. Hier und in Ordnern darunter.',
      mine: 'Zuletzt von Ihnen geändert. Hier und in Ordnern darunter.',
    },
    none: 'Hier ist nichts dergleichen',
    noneText: 'Angesehen wurde alles in diesem Ordner und darunter, was Sie sehen dürfen.',
    notYet: 'Bisher nichts',
    notYetText: 'Es gibt mehr anzusehen, als eine Suche auf einmal schafft.',
  },
}
