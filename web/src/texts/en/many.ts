const secrets = (count: number) => `${count} ${count === 1 ? 'secret' : 'secrets'}`
const names = (count: number) => (count === 1 ? 'one name' : `${count} names`)

export const many = {
  many: {
    bar: 'What you chose',
    choose: (name: string) => `Choose ${name}`,
    chosen: (count: number) => `${count} chosen`,
    clear: 'Choose nothing',
    keys: 'Choose a name, more with Shift, all with Ctrl+A',
    delete: 'Delete what is chosen',
    move: 'Move what is chosen',
    copy: 'Copy what is chosen',
    export: 'Export as JSON',
    looking: 'Looking what there is …',
    progress: (done: number, total: number) => `${done} of ${total}`,
    stop: 'Stop',
    done: 'Done',
    nothingDone: 'Nothing was changed.',
    failures: 'What did not work',
    notAll: (failed: number, left: number) =>
      failed === 0 ? `Stopped; ${left} not begun` : `${failed} did not work`,
    andMore: (count: number) => `and ${count} more`,
    left: (count: number) => `${secrets(count)} stayed as they were; nothing was begun with them.`,
    stopped: 'The move stopped; what had moved stays moved.',
    deleteTitle: (count: number) => `Delete ${names(count)}?`,
    deleteText:
      'Nobody can read them then. Where their place has a recycle bin, they can be restored from there for a while.',
    deleteFolders: 'Folders go with all that is in them. It is gone for everybody who uses it.',
    deleted: (count: number) => `${secrets(count)} deleted.`,
    restored: (count: number) => `${secrets(count)} brought back.`,
    restoredPartly: (count: number, all: number) =>
      `${count} of ${secrets(all)} brought back; the others could not be.`,
    moveTitle: (count: number) => `Move ${names(count)}`,
    moveText: 'They keep their names, and go with all their versions.',
    moved: (count: number) => `${count} moved.`,
    copyTitle: (count: number) => `Copy ${names(count)}`,
    copyText: 'What they hold now is stored once more. Nothing that is there already is replaced.',
    copied: (count: number) => `${secrets(count)} copied.`,
    folder: 'Folder',
    folderHint: 'Empty for the place itself; what is not there is made.',
    intoItself: 'A folder cannot go into itself.',
    exportTitle: (count: number) => `Export ${names(count)}`,
    exportText: 'One file with all values, by their names.',
    exportWarning: 'The file is not protected',
    exportWarningText:
      'Whoever gets it reads everything in it, except what is encrypted with a passphrase. Delete it when you no longer need it.',
    exportAction: 'Export',
    exported: (count: number) => `${secrets(count)} exported.`,
    shareTitle: (count: number) => `Share ${names(count)}`,
    shareName: 'secrets',
  },
}
