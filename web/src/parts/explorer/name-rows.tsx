import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { nothing, type Selection, toggled, upTo } from '../many/selection.ts'
import classes from './name-list.module.css'
import { NameRow } from './name-row.tsx'
import type { Spot } from './use-spot.ts'

/** Pixels. */
const rowHeight = 44

type Props = {
  readonly names: readonly string[]
  readonly spot: Spot
  readonly selection: Selection
  readonly choose: (next: Selection) => void
  /** Brings more names, where there are more. */
  readonly more: (() => void) | undefined
}

/** The names as rows, of which only those exist that are in sight. */
export function NameRows({ names, spot, selection, choose, more }: Props) {
  const scrolled = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: names.length,
    getScrollElement: () => scrolled.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  })
  const items = rows.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= names.length - 20) more?.()
  }, [last, names.length, more])

  /** Moves, chooses by space, with shift on the way, all with Ctrl+A, and nothing with Esc. */
  const pressed = (event: KeyboardEvent) => {
    const { key, shiftKey } = event
    const links = [...(scrolled.current?.querySelectorAll<HTMLElement>('a') ?? [])]
    const at = links.findIndex((link) => link.matches(':focus'))
    const step = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0
    const here = links[at]?.dataset.name
    const there = links[at + step]
    if (step !== 0) {
      there?.focus()
      const name = there?.dataset.name
      if (shiftKey && name !== undefined) {
        const from =
          here !== undefined && selection.anchor === undefined ? toggled(selection, here) : selection
        choose(upTo(from, name, names))
      }
    } else if (key === ' ' && here !== undefined)
      choose(shiftKey ? upTo(selection, here, names) : toggled(selection, here))
    else if (key === 'a' && (event.ctrlKey || event.metaKey)) choose({ chosen: new Set(names), anchor: here })
    else if (key === 'Delete' && selection.chosen.size > 0) pressDelete()
    else if (key === 'Escape' && selection.chosen.size > 0) choose(nothing)
    else return
    event.preventDefault()
  }

  return (
    <div ref={scrolled} className={classes.rows}>
      <ul className={classes.all} style={{ height: rows.getTotalSize() }} onKeyDown={pressed}>
        {items.map(({ index, start }) => {
          const name = names[index] ?? ''
          return (
            <NameRow
              key={name}
              name={name}
              spot={spot}
              isChosen={selection.chosen.has(name)}
              style={{ height: rowHeight, transform: `translateY(${start}px)` }}
              choose={(isRange) => choose(isRange ? upTo(selection, name, names) : toggled(selection, name))}
            />
          )
        })}
      </ul>
    </div>
  )
}

/** What deletes the chosen is in the bar about them. */
const pressDelete = () => document.querySelector<HTMLElement>('[data-many="delete"]')?.click()
