import { useEffect, useState } from 'react'
import { sizeText } from '../../../texts/sizes.ts'
import { useTexts } from '../../../texts/texts.ts'
import classes from './file-shown.module.css'

type Props = { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }

/** A file that is no text: how large it is, and its picture if it is one. */
export function FileShown({ name, bytes }: Props) {
  const { files, code } = useTexts()
  const type = pictureType(bytes)
  const [address, setAddress] = useState<string>()
  useEffect(() => {
    if (type === undefined) return
    const made = URL.createObjectURL(new Blob([bytes], { type }))
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [type, bytes])
  return (
    <>
      {files.size(sizeText({ code }, bytes.length))}
      {address !== undefined && <img className={classes.picture} src={address} alt={files.preview(name)} />}
    </>
  )
}

/** By its first bytes, and only of kinds that hold no script. */
function pictureType(bytes: Uint8Array): string | undefined {
  const starts = (first: string, at = 0) => [...first].every((one, i) => bytes[at + i] === one.charCodeAt(0))
  if (starts('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (starts('\xff\xd8\xff')) return 'image/jpeg'
  if (starts('GIF8')) return 'image/gif'
  return starts('RIFF') && starts('WEBP', 8) ? 'image/webp' : undefined
}
