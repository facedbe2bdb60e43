import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import type { Operation } from '../../api/description/operations.ts'
import { LinkTo } from '../../parts/link-to.tsx'
import classes from './api.module.css'
import { MethodBadge } from './method-badge.tsx'

/** Pixels. */
const rowHeight = 60

type Props = { readonly operations: readonly Operation[]; readonly chosen: string | undefined }

/** Operations as rows, of which only those exist that are in sight. */
export function OperationRows({ operations, chosen }: Props) {
  const scrolled = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: operations.length,
    getScrollElement: () => scrolled.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  })
  // What was found stands at the top.
  // biome-ignore lint/correctness/useExhaustiveDependencies: other operations are what it waits for
  useEffect(() => {
    scrolled.current?.scrollTo({ top: 0 })
  }, [operations])
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
        {rows.getVirtualItems().map(({ index, start }) => {
          const one = operations[index]
          return (
            one !== undefined && (
              <li
                key={one.id}
                className={classes.item}
                style={{ height: rowHeight, transform: `translateY(${start}px)` }}
              >
                <LinkTo
                  to="."
                  search={{ op: one.id }}
                  className={classes.row}
                  aria-current={one.id === chosen ? 'true' : undefined}
                >
                  <span className={classes.line} dir="ltr">
                    <MethodBadge method={one.method} />
                    <span className={classes.path} title={one.path}>
                      {one.path}
                    </span>
                  </span>
                  <span className={classes.summary}>{one.summary}</span>
                </LinkTo>
              </li>
            )
          )
        })}
      </ul>
    </div>
  )
}
