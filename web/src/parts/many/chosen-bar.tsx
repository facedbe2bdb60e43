import { ActionIcon, Group, Text, Tooltip } from '@mantine/core'
import {
  IconCopyPlus,
  IconDownload,
  IconFolderSymlink,
  IconShare,
  IconTrash,
  IconX,
} from '@tabler/icons-react'
import { type ComponentType, lazy, Suspense, useState } from 'react'
import { useAllowed } from '../../api/acl.ts'
import { useTexts } from '../../texts/texts.ts'
import { useTargets } from '../secret/move/use-targets.ts'
import { waysFor } from '../share/ways.ts'
import { Loading } from '../states/loading.tsx'
import type { Chosen } from './chosen.ts'
import classes from './many.module.css'
import { mostShared } from './most-shared.ts'

// Loaded when they are asked for: a list of names needs none of them.
const DeleteMany = lazy(async () => ({ default: (await import('./delete-many.tsx')).DeleteMany }))
const ExportMany = lazy(async () => ({ default: (await import('./export-many.tsx')).ExportMany }))
const GoMany = lazy(async () => ({ default: (await import('./go-many.tsx')).GoMany }))
const ShareMany = lazy(async () => ({ default: (await import('./share-many.tsx')).ShareMany }))

type Action = 'delete' | 'move' | 'copy' | 'export' | 'share'

type Props = {
  readonly chosen: Chosen
  readonly writable: boolean
  readonly clear: () => void
  /** Something is not there any more that was. */
  readonly changed: () => void
}

/** What can be done with all names that were chosen. */
export function ChosenBar({ chosen, writable, clear, changed }: Props) {
  const { many, share } = useTexts()
  const allowed = useAllowed()
  const hasTargets = useTargets(chosen.root, writable).length > 0
  const [open, setOpen] = useState<Action>()
  const { names } = chosen
  const canShare =
    waysFor(allowed).length > 0 && names.length <= mostShared && names.every((name) => !name.endsWith('/'))
  const actions: readonly [
    Action,
    string,
    ComponentType<{ size?: number; 'aria-hidden'?: boolean }>,
    boolean,
  ][] = [
    ['delete', many.delete, IconTrash, writable],
    ['move', many.move, IconFolderSymlink, writable && hasTargets],
    ['copy', many.copy, IconCopyPlus, hasTargets],
    ['export', many.export, IconDownload, true],
    ['share', share.title, IconShare, canShare],
  ]
  const common = { chosen, close: () => setOpen(undefined) }
  return (
    <section className={classes.bar} aria-label={many.bar}>
      <Group gap="xs" justify="space-between">
        <Text size="sm" fw={600} role="status">
          {many.chosen(names.length)}
        </Text>
        <Group gap={4} wrap="nowrap">
          {actions
            .filter(([, , , isOffered]) => isOffered)
            .map(([action, label, Icon]) => (
              <Tooltip key={action} label={label}>
                <ActionIcon
                  size={34}
                  variant="default"
                  aria-label={label}
                  data-many={action}
                  onClick={() => setOpen(action)}
                >
                  <Icon size={18} aria-hidden />
                </ActionIcon>
              </Tooltip>
            ))}
          <Tooltip label={many.clear}>
            <ActionIcon size={34} variant="subtle" color="gray" aria-label={many.clear} onClick={clear}>
              <IconX size={18} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Group>
      <Suspense fallback={<Loading />}>
        {open === 'delete' && <DeleteMany {...common} done={changed} />}
        {(open === 'move' || open === 'copy') && (
          <GoMany {...common} way={open} writable={writable} done={open === 'move' ? changed : () => {}} />
        )}
        {open === 'export' && <ExportMany {...common} />}
        {open === 'share' && <ShareMany {...common} />}
      </Suspense>
    </section>
  )
}
