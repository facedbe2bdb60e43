export const fields = {
  notes: {
    title: 'Notes',
    hint: 'Kept in the field "notes", hidden and encrypted as the others are.',
  },
  custom: {
    title: 'Custom metadata',
    hint: 'Not secret and never encrypted: for an owner, a purpose, a date. Searches find it.',
    name: 'Name',
    number: (number: number) => `Name of metadata ${number}`,
    value: (name: string) => `Metadata ${name}`,
    remove: (name: string) => `Remove metadata ${name}`,
    add: 'Add metadata',
    noValue: 'Give it a value.',
    long: (most: number) => `At most ${most} bytes.`,
    unprintable: 'Only one line, of characters that can be seen.',
    notStored: 'The secret is stored, its custom metadata is not',
  },
}
