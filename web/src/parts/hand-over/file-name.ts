/** A name under which a file is kept by the browser: without folders, and without what turns or hides its ending. */
export const fileName = (name: string): string =>
  name.replace(/[/\\:]/g, '_').replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '') || 'file'
