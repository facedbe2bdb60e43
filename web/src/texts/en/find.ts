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
  only: {
    label: 'Which names',
    all: 'All names',
    expires: 'Expires soon',
    unused: 'Unused',
    shared: 'Shared',
    mine: 'Mine',
    about: {
      expires:
        'Ends within 30 days or has ended: by “expires” in its custom metadata, or because its version deletes itself. Here and in folders below.',
      unused: 'Neither read nor changed for 90 days. Here and in folders below.',
      shared: 'In the folder of a VO, or lately used by others too. Here and in folders below.',
      mine: 'Last changed by you. Here and in folders below.',
    },
    none: 'Nothing here is so',
    noneText: 'All that you may see in this folder and below was looked at.',
    notYet: 'Nothing so far',
    notYetText: 'There is more to look at than one search takes.',
  },
}
