import type { Section } from '../shape.ts'

export const bin: Section<'bin'> = {
  bin: {
    title: 'Papierkorb',
    lead: 'Was gelöscht wurde und noch zurückkommen kann, soweit Sie es hätten löschen können.',
    label: 'Gelöschte Geheimnisse',
    empty: 'Hier ist nichts Gelöschtes aufbewahrt',
    emptyText:
      'Was Sie hier löschen, erscheint eine Weile und lässt sich wiederherstellen, es sei denn, dieser Ort bewahrt nichts Gelöschtes auf.',
    at: 'Gelöscht',
    until: 'Verschwindet',
    by: 'Von',
    versionKept: 'nicht von selbst',
    restore: 'Zurückholen',
    restoreOf: (name: string) => `${name} zurückholen`,
    taken: 'Es gibt jetzt ein Geheimnis dieses Namens. Verschieben oder löschen Sie es zuerst.',
    end: 'Vernichten',
    endOf: (name: string) => `${name} vernichten`,
    endTitle: (name: string) => `${name} vernichten?`,
    endText: 'Es wird endgültig entfernt, mit allen Versionen. Niemand kann es zurückholen.',
    endVersionText: 'Die Werte der neuesten Version werden endgültig entfernt. Frühere Versionen bleiben.',
    ended: (name: string) => `${name} ist vernichtet.`,
  },
}
