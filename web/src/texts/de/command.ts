import type { Section } from '../shape.ts'

export const command: Section<'command'> = {
  command: {
    show: 'Befehl zeigen',
    hide: 'Befehl verbergen',
    label: 'Dasselbe auf der Kommandozeile',
    tool: 'Programm',
    hint: {
      coffer: 'Melden Sie sich vorher mit coffer login an, oder setzen Sie VAULT_TOKEN auf ein Token.',
      curl: 'Er nimmt ein Token aus VAULT_TOKEN; coffer print token gibt Ihres aus.',
    },
    gaps: 'Geheimes wird nicht gezeigt: Ersetzen Sie, was in <spitzen Klammern> steht.',
    asks: 'Geheimes wird nicht gezeigt: Der Befehl fragt danach.',
    file: (name: string) => `Er liest diese Datei, ${name}:`,
    copy: 'Befehl kopieren',
    copyFile: (name: string) => `${name} kopieren`,
    copied: 'Kopiert.',
  },
}
