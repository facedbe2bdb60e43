import type { Section } from '../shape.ts'

export const places: Section<'places'> = {
  space: {
    title: 'Mein Bereich',
    none: 'Sie haben keinen eigenen Bereich',
    noneText:
      'Diese Anmeldung gehört zu keiner Person mit einem Bereich. Was Sie erreichen, steht unter „Alle Orte“.',
    to: 'Alle Orte ansehen',
  },
  vos: {
    title: 'Meine VOs',
    one: 'Virtuelle Organisation',
    empty: 'Sie sind in keiner virtuellen Organisation',
    emptyText: 'Wenn Ihre Anmeldung sagt, dass Sie Mitglied sind, stehen deren gemeinsame Ordner hier.',
    writable: 'Sie können lesen und ändern',
    readable: 'Sie können lesen',
  },
  places: {
    title: 'Alle Orte',
    lead: 'Wo auf diesem Server Geheimnisse liegen, soweit Sie sie erreichen.',
    empty: 'Es gibt keinen Ort, den Sie erreichen',
    emptyText: 'Bitten Sie die Verwaltung um Zugang.',
    versions: 'Bewahrt ältere Versionen auf',
    noVersions: 'Bewahrt die neueste Version auf',
    loginOnly: 'Nur für diese Anmeldung; der Inhalt geht mit ihrem Ende verloren',
    loginOnlyText:
      'Was Sie hier ablegen, geht verloren, wenn diese Anmeldung endet; Ihre nächste Anmeldung findet es nicht. Zum Behalten legen Sie es in Ihren Bereich oder in eine VO.',
  },
  explorer: {
    label: 'Geheimnisse',
    filter: 'Nach Namen filtern',
    clearFilter: 'Alle Namen zeigen',
    new: 'Neues Geheimnis',
    folder: (name: string) => `Ordner ${name}`,
    secret: (name: string) => `Geheimnis ${name}`,
    count: (count: number, more: boolean) => `${count}${more ? '+' : ''} ${count === 1 ? 'Name' : 'Namen'}`,
    noMatch: 'Kein Name hier enthält das',
    noMatchText: 'Der Filter sieht die Namen in diesem Ordner an.',
    empty: 'Hier ist noch nichts gespeichert',
    emptyText: 'Speichern Sie ein Passwort, ein Token, einen Schlüssel: was sicher und zur Hand sein soll.',
    emptyReadOnly: 'Wenn jemand hier etwas speichert, erscheint es.',
    first: 'Das erste Geheimnis speichern',
    choose: 'Wählen Sie ein Geheimnis',
    chooseText: 'Sein Inhalt steht hier, verborgen, bis Sie ihn sehen wollen.',
    more: 'Mehr Namen laden',
  },
}
