import { ActionIcon, Menu } from '@mantine/core'
import { IconCopyPlus, IconDots, IconFolderSymlink } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { copySecret, moveSecret } from '../../../api/moves.ts'
import { refresh } from '../../../api/secrets.ts'
import { useTexts } from '../../../texts/texts.ts'
import { Dialog } from '../../dialog.tsx'
import { useToast } from '../../toasts/context.ts'
import { TargetForm } from './target-form.tsx'
import { type Target, useTargets } from './use-targets.ts'

type Props = {
  readonly root: string
  /** Below the place, with its folder. */
  readonly name: string
  readonly writable: boolean
  /** The secret is now elsewhere. */
  readonly arrived: (root: string, name: string) => void
}

/** Renames, moves and copies a secret. */
export function MoveMenu({ root, name, writable, arrived }: Props) {
  const { move: words } = useTexts()
  const queries = useQueryClient()
  const say = useToast()
  const targets = useTargets(root, writable)
  const [open, setOpen] = useState<'move' | 'copy'>()
  const close = () => setOpen(undefined)
  const from = root + name
  if (targets.length === 0) return null
  const named = (target: Target, to: string) => (target.root === root ? to : words.inPlace(to, target.label))
  const common = { name, root, targets, cancel: close }
  return (
    <>
      <Menu
        position="bottom-end"
        withinPortal={false}
        withInitialFocusPlaceholder={false}
        transitionProps={{ duration: 0 }}
      >
        <Menu.Target>
          <ActionIcon size={36} variant="default" aria-label={words.more}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {writable && (
            <Menu.Item
              leftSection={<IconFolderSymlink size={16} aria-hidden />}
              onClick={() => setOpen('move')}
            >
              {words.move}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconCopyPlus size={16} aria-hidden />} onClick={() => setOpen('copy')}>
            {words.copy}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Dialog opened={open === 'move'} close={close} title={words.moveTitle(name)}>
        <TargetForm
          {...common}
          kind="move"
          text={words.moveText}
          action={words.moveAction}
          run={(to) => moveSecret(from, to)}
          done={async (target, toName) => {
            close()
            say({ text: words.moved(name, named(target, toName)) })
            arrived(target.root, toName)
            queries.removeQueries({ queryKey: ['secret', from] })
            await refresh(queries)
          }}
        />
      </Dialog>
      <Dialog opened={open === 'copy'} close={close} title={words.copyTitle(name)}>
        <TargetForm
          {...common}
          kind="copy"
          text={words.copyText}
          action={words.copyAction}
          run={(to) => copySecret(from, to)}
          done={async (target, toName) => {
            close()
            say({ text: words.copied(name, named(target, toName)) })
            await refresh(queries)
          }}
        />
      </Dialog>
    </>
  )
}
