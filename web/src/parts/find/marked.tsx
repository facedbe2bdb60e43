import { Mark } from '@mantine/core'
import { cutAt } from './mark.ts'

/** A text with the part marked that was looked for. */
export function Marked({ text, wanted }: { readonly text: string; readonly wanted: string }) {
  const cut = cutAt(text, wanted)
  if (cut === undefined) return <bdi>{text}</bdi>
  const [before, found, behind] = cut
  return (
    <bdi>
      {before}
      <Mark>{found}</Mark>
      {behind}
    </bdi>
  )
}
