import type { Section } from '../shape.ts'

export const fields: Section<'fields'> = {
  notes: {
    title: 'Notizen',
    hint: 'Stehen im Feld „notes“, verborgen und verschlüsselt wie die anderen.',
  },
  totp: {
    title: 'Einmalcodes',
    usual: 'totp',
    lead: 'Fügen Sie ein, was die Website beim Einrichten einer Authenticator-App zeigt: ihre Adresse otpauth:// oder den Schlüssel.',
    key: 'Adresse oder Schlüssel',
    picture: 'QR-Code aus einem Bild lesen',
    noCode: 'In diesem Bild ist kein QR-Code, der sich lesen lässt.',
    algorithm: 'Verfahren',
    digits: 'Ziffern',
    period: 'Sekunden',
    compare: 'Geben Sie der Website diesen Code. Nimmt sie ihn an, ist der Schlüssel richtig.',
    use: 'Übernehmen',
    codes: 'Einmalcodes (TOTP)',
    copy: (field: string) => `Code von ${field} kopieren`,
    copyFailed: 'Es gibt keinen Code zum Kopieren. Zeigen Sie das Feld, um den Grund zu sehen.',
    left: 'Verbleibende Zeit',
    seconds: (seconds: number) => `${seconds} s`,
    next: 'dann',
    clock: (seconds: number, ahead: boolean) =>
      `Die Uhr dieses Geräts geht gegenüber der des Servers ${seconds} Sekunden ${ahead ? 'vor' : 'nach'}: Der Code kann abgelehnt werden.`,
    badAddress: 'Diese Adresse ergibt keine Codes: Sie ist keine Adresse otpauth://totp/.',
    badSecret:
      'Dieser Schlüssel ergibt keine Codes: Er hat Buchstaben A bis Z und Ziffern 2 bis 7 und wurde vielleicht abgeschnitten.',
    badSettings:
      'Diese Adresse verlangt Codes, die nichts annimmt: zu wenige oder zu viele Ziffern oder eine zu lange Zeit.',
    counter:
      'Das sind Codes nach Zähler (HOTP), die sich nicht teilen lassen. Gezeigt werden nur Codes nach Zeit.',
  },
  qr: {
    button: 'QR-Code',
    of: (name: string) => `QR-Code von ${name}`,
    picture: (name: string) => `Ein QR-Code, der ${name} enthält`,
    hint: 'Richten Sie die Kamera eines Telefons darauf. Wer dieses Bild sieht, hat den Wert.',
    long: 'Das ist zu lang für einen QR-Code',
    longText: (bytes: number, most: number) =>
      `Es hat ${bytes} Bytes; ein Telefon liest höchstens ${most} von einem Bildschirm. Kopieren Sie es, oder teilen Sie es mit einem Einmal-Link.`,
  },
  conflict: {
    label: 'Was anders ist',
    mine: 'Ihres',
    theirs: 'Das andere',
    unknown: 'Was dort gespeichert wurde, lässt sich jetzt nicht lesen',
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
