import { useState } from 'react'
import type { OneTimeLink } from '../../api/sharing.ts'
import { LinkForm } from './link-form.tsx'
import { MadeLink } from './made-link.tsx'
import type { Source } from './source.ts'

type Props = {
  readonly source: Source
  /** Something was made, which is shown this one time; or that has been seen. */
  readonly showing?: (isShown: boolean) => void
  /** What there is to do after that. */
  readonly done: { readonly label: string; readonly run: () => void }
}

/** The ways to give something away, and what came of it. */
export function Share({ source, showing = () => {}, done }: Props) {
  const [link, setLink] = useState<OneTimeLink>()
  const finish = () => {
    setLink(undefined)
    showing(false)
    done.run()
  }
  if (link !== undefined) return <MadeLink link={link} done={{ ...done, run: finish }} />
  return (
    <LinkForm
      source={source}
      made={(made) => {
        setLink(made)
        showing(true)
      }}
    />
  )
}
