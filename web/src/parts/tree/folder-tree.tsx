import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import { useTexts } from '../../texts/texts.ts'
import type { Spot } from '../explorer/use-spot.ts'
import classes from './folder-tree.module.css'
import { type Row, rowsOf, stepFor, wayTo } from './rows.ts'
import { TreeRow } from './tree-row.tsx'
import { useBranches } from './use-branches.ts'

/** Pixels. */
const rowHeight = 34

type Props = {
  readonly title: string
  /** With its mount and a slash at the end. */
  readonly root: string
  readonly spot: Spot
}

/** The folders of a place as a tree, of which only those lines exist that are in sight. */
export function FolderTree({ title, root, spot }: Props) {
  const { tree } = useTexts()
  const id = useId()
  const scrolled = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(wayTo(spot.folder)))
  const { branchOf, more } = useBranches(root, open)
  const rows = useMemo(() => rowsOf(title, open, branchOf), [title, open, branchOf])
  const [active, setActive] = useState(`f ${spot.folder}`)
  const found = rows.findIndex((row) => row.id === active)
  const at = Math.max(found, 0)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrolled.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    // What is named as active has to be there.
    rangeExtractor: (range) => [...new Set([...defaultRangeExtractor(range), at])].sort((a, b) => a - b),
  })

  useEffect(() => {
    const way = wayTo(spot.folder)
    setOpen((before) => (way.every((folder) => before.has(folder)) ? before : new Set([...before, ...way])))
    setActive(`f ${spot.folder}`)
  }, [spot.folder])

  // biome-ignore lint/correctness/useExhaustiveDependencies: another line comes into sight
  useEffect(() => {
    if (found >= 0) virtual.scrollToIndex(found)
  }, [found])

  // Where the names so far end with folders, more are likely, and come by themselves.
  const waiting = virtual
    .getVirtualItems()
    .map(({ index }) => rows[index])
    .find((row) => row?.kind === 'more' && branchOf(row.folder)?.names.at(-1)?.endsWith('/') === true)?.folder
  useEffect(() => {
    if (waiting !== undefined) more(waiting)
  }, [waiting, more])

  const toggle = (folder: string, isOpen: boolean) => {
    const next = new Set(open)
    if (isOpen) next.add(folder)
    else next.delete(folder)
    setOpen(next)
  }
  const choose = (row: Row) => {
    setActive(row.id)
    if (row.kind === 'folder') {
      toggle(row.folder, true)
      spot.toFolder(row.folder)
    } else if (row.kind !== 'loading') more(row.folder)
  }
  const pressed = (event: KeyboardEvent) => {
    const step = event.altKey || event.ctrlKey || event.metaKey ? undefined : stepFor(event.key, rows, at)
    const row = rows[at]
    if (step === undefined || row === undefined) return
    event.preventDefault()
    if (step.kind === 'to') setActive(rows[step.index]?.id ?? active)
    else if (step.kind === 'choose') choose(row)
    else toggle(row.folder, step.kind === 'open')
  }
  return (
    <div
      ref={scrolled}
      role="tree"
      tabIndex={0}
      aria-label={tree.label}
      aria-activedescendant={`${id}-${at}`}
      className={classes.tree}
      onKeyDown={pressed}
    >
      <div role="presentation" className={classes.all} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index]
          return (
            row !== undefined && (
              <TreeRow
                key={row.id}
                id={`${id}-${index}`}
                row={row}
                isActive={index === at}
                isShown={row.kind === 'folder' && row.folder === spot.folder}
                style={{ height: rowHeight, transform: `translateY(${start}px)` }}
                choose={() => choose(row)}
                toggle={(isOpen) => toggle(row.folder, isOpen)}
              />
            )
          )
        })}
      </div>
    </div>
  )
}
