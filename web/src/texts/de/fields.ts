import type { Section } from '../texts.ts'

export const fields: Section<'fields'> = {
  notes: {
    title: 'Notizen',
    hint: 'Stehen im Feld „notes“, verborgen und verschlüsselt wie die anderen.',
  },
  custom: {
    title: 'Eigene Metadaten',
    hint: 'Nicht geheim und nie verschlüsselt: für Zuständige, Zweck, Datum. Die Suche findet sie.',
    name: 'Name',
    number: (number: number) => `Name von Metadatum ${number}`,
    value: (name: string) => `Metadatum ${name}`,
    remove: (name: string) => `Metadatum ${name} entfernen`,
    add: 'Metadatum hinzufügen',
    noValue: 'Geben Sie ihm einen Wert.',
    long: (most: number) => `Höchstens ${most} Bytes.`,
    unprintable: 'Nur eine Zeile, aus sichtbaren Zeichen.',
    notStored: 'Das Geheimnis ist gespeichert, seine Metadaten nicht',
  },
}
