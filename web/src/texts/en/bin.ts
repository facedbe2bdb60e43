export const bin = {
  bin: {
    title: 'Recycle bin',
    lead: 'What was deleted and can still come back, as far as you could have deleted it.',
    label: 'Deleted secrets',
    empty: 'Nothing deleted is kept here',
    emptyText:
      'What you delete here shows up for a while and can be restored, unless this place keeps nothing that was deleted.',
    at: 'Deleted',
    until: 'Goes for good',
    by: 'By',
    versionKept: 'not by itself',
    restore: 'Restore',
    restoreOf: (name: string) => `Restore ${name}`,
    taken: 'There is a secret of this name now. Move or delete it first.',
    end: 'Destroy',
    endOf: (name: string) => `Destroy ${name}`,
    endTitle: (name: string) => `Destroy ${name}?`,
    endText: 'It is removed for good, with all its versions. Nobody can bring it back.',
    endVersionText: 'The values of its newest version are removed for good. Earlier versions stay.',
    ended: (name: string) => `${name} is destroyed.`,
  },
}
