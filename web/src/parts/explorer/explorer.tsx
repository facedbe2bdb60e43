import { Alert, Button, Group } from '@mantine/core'
import { IconClockExclamation, IconPlus } from '@tabler/icons-react'
import { lazy, Suspense, useEffect } from 'react'
import { useNames } from '../../api/secrets.ts'
import { useTexts } from '../../texts/texts.ts'
import { FolderAccess } from '../access/folder-access.tsx'
import { Loading } from '../states/loading.tsx'
import { FolderTree } from '../tree/folder-tree.tsx'
import { useHasTree } from '../tree/use-has-tree.ts'
import { Crumbs } from './crumbs.tsx'
import classes from './explorer.module.css'
import { NameList } from './name-list.tsx'
import { NothingChosen } from './nothing-chosen.tsx'
import { useSpot } from './use-spot.ts'

// The list is there before what secrets are shown and written with, which follows at once.
const loadNew = () => import('../secret/new-secret.tsx')
const loadPanel = () => import('../secret/secret-panel.tsx')
const NewSecret = lazy(async () => ({ default: (await loadNew()).NewSecret }))
const SecretPanel = lazy(async () => ({ default: (await loadPanel()).SecretPanel }))

type Props = {
  readonly title: string
  /** Where it is, with its mount and a slash at the end. */
  readonly root: string
  readonly writable: boolean
  /** Where this place is one of several: those. */
  readonly above?: { readonly label: string; readonly to: string }
  /** What is to be known before something is put here. */
  readonly warning?: string | undefined
}

/** A place with secrets: its folders and names, and the secret that is chosen. */
export function Explorer({ title, root, writable, above, warning }: Props) {
  const texts = useTexts()
  const { explorer } = texts
  const spot = useSpot()
  const folder = root + spot.folder
  const isOpen = spot.secret !== undefined || spot.isNew
  // With nothing to choose from there is nothing to be said about choosing.
  const { data: names } = useNames(folder)
  const isEmpty = names?.pages[0]?.length === 0
  const isListed = names !== undefined
  useEffect(() => {
    // What fails here is asked for again where it is needed.
    if (isListed) void Promise.allSettled([loadNew(), loadPanel()])
  }, [isListed])
  const hasTree = useHasTree(root, spot.folder)
  return (
    <div className={classes.explorer}>
      <Group justify="space-between" wrap="nowrap" className={classes.top}>
        <Crumbs title={title} spot={spot} above={above} />
        <Group gap="xs" wrap="nowrap" className={classes.tools}>
          <FolderAccess folder={folder} />
          {writable && (
            <Button data-key="n" aria-label={explorer.new} onClick={spot.toNew} className={classes.new ?? ''}>
              <IconPlus size={18} aria-hidden />
              <span className={classes.newLabel}>{explorer.new}</span>
            </Button>
          )}
        </Group>
      </Group>
      {warning !== undefined && (
        <Alert color="yellow" icon={<IconClockExclamation aria-hidden />} className={classes.top ?? ''}>
          {warning}
        </Alert>
      )}
      <div
        className={classes.panes}
        data-open={isOpen || undefined}
        data-single={(isEmpty && !isOpen) || undefined}
        data-tree={hasTree || undefined}
      >
        {hasTree && (
          <nav className={classes.tree} aria-label={texts.tree.label}>
            <FolderTree key={root} title={title} root={root} spot={spot} />
          </nav>
        )}
        <section className={classes.list} aria-label={explorer.label}>
          <NameList key={folder} root={root} spot={spot} writable={writable} />
        </section>
        <section className={classes.detail} aria-label={spot.secret ?? explorer.choose}>
          <Suspense fallback={<Loading />}>
            {spot.isNew ? (
              <NewSecret folder={folder} spot={spot} />
            ) : spot.secret !== undefined ? (
              <SecretPanel
                key={folder + spot.secret}
                path={folder + spot.secret}
                spot={spot}
                writable={writable}
              />
            ) : (
              <NothingChosen />
            )}
          </Suspense>
        </section>
      </div>
    </div>
  )
}
