export const find = {
  find: {
    open: 'Search everywhere',
    title: 'Search',
    label: 'Names and metadata in all places',
    results: 'Results',
    places: 'Places',
    none: (text: string) => `Nothing is called “${text}”`,
    noneText: 'Names, folders and metadata were looked at, as far as you may see them.',
    more: 'More results',
    goOn: 'Look further',
    looking: 'Looking …',
    count: (count: number, more: boolean) =>
      `${count}${more ? '+' : ''} ${count === 1 && !more ? 'result' : 'results'}`,
    keys: 'Arrow keys to choose, Enter to open, Esc to close',
  },
  tree: {
    label: 'Folders',
    loading: 'Loading …',
    failed: 'Did not load. Try again',
    more: 'Look for more folders',
  },
}
