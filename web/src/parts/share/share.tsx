import { SegmentedControl, Stack } from '@mantine/core'
import { useState } from 'react'
import { useAllowed } from '../../api/acl.ts'
import type { Locker, OneTimeLink } from '../../api/sharing.ts'
import { useTexts } from '../../texts/texts.ts'
import { UnsavedGuard } from '../secret/unsaved-guard.tsx'
import { LinkForm } from './link-form.tsx'
import { LockerForm } from './locker-form.tsx'
import { MadeLink } from './made-link.tsx'
import { MadeLocker } from './made-locker.tsx'
import type { Source } from './source.ts'
import { useContent } from './use-content.tsx'
import { type Way, waysFor } from './ways.ts'

type Props = {
  readonly source: Source
  /** Something was made, which is shown this one time; or that has been seen. */
  readonly showing?: (isShown: boolean) => void
  /** What there is to do after that. */
  readonly done: { readonly label: string; readonly run: () => void }
}

type Made =
  | { readonly way: 'link'; readonly link: OneTimeLink }
  | { readonly way: 'locker'; readonly locker: Locker }

/** The ways to give something away, and what came of it. */
export function Share({ source, showing = () => {}, done }: Props) {
  const { share } = useTexts()
  const ways = waysFor(useAllowed())
  const content = useContent(source)
  const [chosen, setChosen] = useState<Way>()
  const [made, setMade] = useState<Made>()
  const way = chosen ?? ways[0] ?? 'link'
  const show = (what: Made) => {
    setMade(what)
    showing(true)
  }
  const finish = () => {
    setMade(undefined)
    showing(false)
    done.run()
  }
  const after = { label: done.label, run: finish }
  if (made !== undefined) {
    const words = { title: share.leaveTitle, text: share.leaveText, stay: share.leaveStay }
    return (
      <>
        <UnsavedGuard when={() => true} words={words} />
        {made.way === 'link' ? (
          <MadeLink link={made.link} done={after} />
        ) : (
          <MadeLocker locker={made.locker} done={after} />
        )}
      </>
    )
  }
  return (
    <Stack>
      {ways.length > 1 && (
        <SegmentedControl
          aria-label={share.way}
          value={way}
          onChange={(value) => setChosen(value === 'locker' ? 'locker' : 'link')}
          data={ways.map((one) => ({ value: one, label: share[one] }))}
        />
      )}
      {way === 'locker' ? (
        <LockerForm source={source} content={content} made={(locker) => show({ way: 'locker', locker })} />
      ) : (
        <LinkForm content={content} made={(link) => show({ way: 'link', link })} />
      )}
    </Stack>
  )
}
