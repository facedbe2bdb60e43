import { IconChevronRight, IconFolder, IconKey } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { useTexts } from '../../texts/texts.ts'
import { LinkTo } from '../link-to.tsx'
import classes from './name-list.module.css'
import type { Spot } from './use-spot.ts'

/** Pixels. */
const rowHeight = 44

type Props = {
  readonly names: readonly string[]
  readonly spot: Spot
  /** Brings more names, where there are more. */
  readonly more: (() => void) | undefined
}

/** The names as rows, of which only those exist that are in sight. */
export function NameRows({ names, spot, more }: Props) {
  const { explorer } = useTexts()
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

  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const links = [...(scrolled.current?.querySelectorAll<HTMLElement>('a') ?? [])]
    links[links.findIndex((link) => link.matches(':focus')) + step]?.focus()
  }

  return (
    <div ref={scrolled} className={classes.rows}>
      <ul className={classes.all} style={{ height: rows.getTotalSize() }} onKeyDown={move}>
        {items.map(({ index, start }) => {
          const name = names[index] ?? ''
          const isFolder = name.endsWith('/')
          const label = isFolder ? name.slice(0, -1) : name
          const Icon = isFolder ? IconFolder : IconKey
          const search = isFolder ? spot.linkTo(spot.folder + name) : spot.linkTo(spot.folder, name)
          return (
            <li
              key={name}
              className={classes.item}
              style={{ height: rowHeight, transform: `translateY(${start}px)` }}
            >
              <LinkTo
                to="."
                search={search}
                className={classes.row}
                aria-label={isFolder ? explorer.folder(label) : explorer.secret(label)}
                aria-current={name === spot.secret ? 'true' : undefined}
                title={label}
              >
                <Icon size={18} aria-hidden />
                <bdi className={classes.name}>{label}</bdi>
                {isFolder && <IconChevronRight size={16} className="flips" aria-hidden />}
              </LinkTo>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
