import { Loader } from '@mantine/core'
import {
  IconAlertTriangle,
  IconChevronDown,
  IconChevronRight,
  IconDots,
  IconFolder,
  IconFolderOpen,
} from '@tabler/icons-react'
import type { CSSProperties, MouseEvent } from 'react'
import { useTexts } from '../../texts/texts.ts'
import classes from './folder-tree.module.css'
import type { Row } from './rows.ts'

type Props = {
  readonly id: string
  readonly row: Row
  readonly isActive: boolean
  /** It is the folder that the list shows. */
  readonly isShown: boolean
  readonly style: CSSProperties
  readonly choose: () => void
  readonly toggle: (isOpen: boolean) => void
}

/** One line of the tree. The tree has the keys and the focus. */
export function TreeRow({ id, row, isActive, isShown, style, choose, toggle }: Props) {
  const { tree } = useTexts()
  const isFolder = row.kind === 'folder'
  const flip = (event: MouseEvent) => {
    event.stopPropagation()
    if (isFolder) toggle(!row.isOpen)
  }
  const Chevron = isFolder && row.isOpen ? IconChevronDown : IconChevronRight
  const Folder = isShown ? IconFolderOpen : IconFolder
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus, and names the active line
    <div
      id={id}
      role="treeitem"
      aria-level={row.level}
      aria-selected={isShown}
      {...(isFolder && {
        'aria-expanded': row.isOpen,
        'aria-posinset': row.position,
        'aria-setsize': row.siblings,
      })}
      className={classes.row}
      data-active={isActive || undefined}
      style={{ ...style, paddingInlineStart: `${Math.min(row.level - 1, 12) * 0.9 + 0.25}rem` }}
      onClick={choose}
    >
      {isFolder ? (
        <>
          <Chevron
            size={16}
            aria-hidden
            className={row.isOpen ? classes.chevron : `${classes.chevron} flips`}
            onClick={flip}
          />
          <Folder size={17} aria-hidden />
          <bdi className={classes.name} title={row.name}>
            {row.name}
          </bdi>
        </>
      ) : (
        <span className={classes.note}>
          {row.kind === 'loading' && <Loader size={14} aria-hidden />}
          {row.kind === 'failed' && <IconAlertTriangle size={16} aria-hidden />}
          {row.kind === 'more' && <IconDots size={16} aria-hidden />}
          {tree[row.kind]}
        </span>
      )}
    </div>
  )
}
