export const table = {
  table: {
    filter: (what: string) => `Filter: ${what}`,
    clear: 'Clear the filter',
    none: 'Nothing matches',
    noneText: 'Type less, or something else.',
    actions: 'Actions',
    count: (count: number, more: boolean) =>
      `${count}${more ? '+' : ''} ${count === 1 && !more ? 'row' : 'rows'}`,
  },
}
