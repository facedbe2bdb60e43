import type { Section } from '../shape.ts'

const secrets = (count: number) => `${count} ${count === 1 ? 'Geheimnis' : 'Geheimnisse'}`
const names = (count: number) => (count === 1 ? 'Einen Namen' : `${count} Namen`)

export const many: Section<'many'> = {
  many: {
    bar: 'Ihre Auswahl',
    choose: (name: string) => `${name} auswählen`,
    chosen: (count: number) => `${count} ausgewählt`,
    clear: 'Auswahl aufheben',
    keys: 'Einen Namen wählen, weitere mit Umschalt, alle mit Strg+A',
    delete: 'Auswahl löschen',
    move: 'Auswahl verschieben',
    copy: 'Auswahl kopieren',
    export: 'Als JSON ausgeben',
    looking: 'Es wird nachgesehen …',
    progress: (done: number, total: number) => `${done} von ${total}`,
    stop: 'Anhalten',
    done: 'Fertig',
    nothingDone: 'Nichts wurde geändert.',
    failures: 'Was nicht ging',
    notAll: (failed: number, left: number) =>
      failed === 0 ? `Angehalten; ${left} nicht begonnen` : `${failed} gingen nicht`,
    andMore: (count: number) => `und ${count} weitere`,
    left: (count: number) => `${secrets(count)} blieben, wie sie waren; damit wurde nichts begonnen.`,
    stopped: 'Das Verschieben hielt an; was verschoben war, bleibt verschoben.',
    deleteTitle: (count: number) => `${names(count)} löschen?`,
    deleteText:
      'Niemand kann sie dann mehr lesen. Wo ihr Ort einen Papierkorb hat, lassen sie sich daraus eine Weile wiederherstellen.',
    deleteFolders: 'Ordner gehen mit allem, was darin ist. Es ist dann für alle weg, die es benutzen.',
    deleted: (count: number) => `${secrets(count)} gelöscht.`,
    restored: (count: number) => `${secrets(count)} zurückgeholt.`,
    restoredPartly: (count: number, all: number) =>
      `${count} von ${all} zurückgeholt; die anderen ließen sich nicht zurückholen.`,
    moveTitle: (count: number) => `${names(count)} verschieben`,
    moveText: 'Sie behalten ihre Namen und nehmen alle Versionen mit.',
    moved: (count: number) => `${count} verschoben.`,
    copyTitle: (count: number) => `${names(count)} kopieren`,
    copyText: 'Was sie jetzt enthalten, wird noch einmal gespeichert. Ersetzt wird nichts, was schon da ist.',
    copied: (count: number) => `${secrets(count)} kopiert.`,
    folder: 'Ordner',
    folderHint: 'Leer für den Ort selbst; was es nicht gibt, wird angelegt.',
    intoItself: 'Ein Ordner kann nicht in sich selbst liegen.',
    exportTitle: (count: number) => `${names(count)} ausgeben`,
    exportText: 'Eine Datei mit allen Werten, nach ihren Namen.',
    exportWarning: 'Die Datei ist nicht geschützt',
    exportWarningText:
      'Wer sie bekommt, liest alles darin, außer was mit einer Passphrase verschlüsselt ist. Löschen Sie sie, sobald Sie sie nicht mehr brauchen.',
    exportAction: 'Ausgeben',
    exported: (count: number) => `${secrets(count)} ausgegeben.`,
    shareTitle: (count: number) => `${names(count)} teilen`,
    shareName: 'Geheimnisse',
  },
}
