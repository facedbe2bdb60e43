import { ActionIcon, Tooltip } from '@mantine/core'
import { IconUsersGroup } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTexts } from '../../texts/texts.ts'
import { Dialog } from '../dialog.tsx'
import { Loading } from '../states/loading.tsx'

const Access = lazy(async () => ({ default: (await import('./access.tsx')).Access }))

/** The way from a folder to those who may do something in it. @param folder with its mount and a slash at its end */
export function FolderAccess({ folder }: { readonly folder: string }) {
  const { access: texts } = useTexts()
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Tooltip label={texts.title}>
        <ActionIcon size={36} variant="default" aria-label={texts.title} onClick={() => setOpened(true)}>
          <IconUsersGroup size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Dialog opened={opened} close={() => setOpened(false)} title={texts.titleOf(folder)}>
        {opened && (
          <Suspense fallback={<Loading />}>
            <Access path={folder} />
          </Suspense>
        )}
      </Dialog>
    </>
  )
}
