import { Kbd } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTexts } from '../../texts/texts.ts'
import classes from './find-button.module.css'

const FindDialog = lazy(() => import('./find-dialog.tsx'))

/** Looks like the field that it leads to, which is loaded when it is first used. */
export function FindButton() {
  const { find } = useTexts()
  const [opened, setOpened] = useState(false)
  return (
    <>
      <button
        type="button"
        className={classes.button}
        data-key="/"
        aria-label={find.open}
        aria-haspopup="dialog"
        aria-keyshortcuts="/ Control+K"
        onClick={() => setOpened(true)}
      >
        <IconSearch size={18} aria-hidden />
        <span className={classes.label}>{find.open}</span>
        <Kbd size="xs" className={classes.key ?? ''} aria-hidden>
          /
        </Kbd>
      </button>
      {opened && (
        <Suspense fallback={null}>
          <FindDialog close={() => setOpened(false)} />
        </Suspense>
      )}
    </>
  )
}
