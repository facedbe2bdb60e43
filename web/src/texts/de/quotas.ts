import type { Section } from '../shape.ts'

export const quotas: Section<'quotas'> = {
  quotas: {
    title: 'Kontingente',
    lead: 'Wie viele Anfragen in einer Zeitspanne angenommen werden. Wer öfter fragt, wird für den Rest abgewiesen.',
    new: 'Neues Kontingent',
    empty: 'Es gibt kein Kontingent',
    emptyText: 'Anfragen werden angenommen, so oft sie kommen.',
    covers: 'Was es betrifft',
    coversHint: 'Ein Mount wie secrets/, ein Pfad wie auth/userpass/login/*, oder nichts für alle Anfragen.',
    everything: 'Alle Anfragen',
    limit: 'Grenze',
    rate: (rate: number, seconds: number) =>
      `${rate} ${rate === 1 ? 'Anfrage' : 'Anfragen'} in ${seconds === 1 ? 'einer Sekunde' : `${seconds} Sekunden`}`,
    requests: 'Anfragen',
    interval: 'In wie vielen Sekunden',
    counted: 'Gezählt',
    byAddress: 'Für jede Adresse einzeln',
    together: 'Für alle zusammen',
    block: 'Abgewiesen',
    noBlock: 'Für den Rest',
    seconds: (count: number) => (count === 1 ? '1 Sekunde' : `${count} Sekunden`),
    blockSeconds: 'Wie viele Sekunden abgewiesen',
    blockHint: '0: bis die Spanne vorbei ist.',
    nameBad: 'Buchstaben, Ziffern, Unterstriche; Punkte und Striche innen.',
    nameTaken: 'Es gibt ein Kontingent mit diesem Namen.',
    numberBad: 'Eine Zahl über 0.',
    delete: (name: string) => `${name} löschen`,
    deleteText: 'Von da an begrenzt es nichts mehr.',
    noLeases: 'Kontingente für Leases gibt es nicht: Eine Grenze für Anfragen begrenzt, was Leases macht.',
  },
}
