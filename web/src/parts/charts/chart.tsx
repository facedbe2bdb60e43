import { useComputedColorScheme } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useEffect, useRef, useState } from 'react'
import type UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import classes from './chart.module.css'

export type Series = { readonly label: string; readonly values: readonly number[] }

type Props = {
  /** What is shown, for who does not see it; the numbers are in a table beside it. */
  readonly label: string
  /** Seconds since 1970, in order. */
  readonly times: readonly number[]
  /** At most as many as there are colours. */
  readonly series: readonly Series[]
  readonly nameOf: (index: number) => string
  readonly locale: string
}

/** Told apart by people who see few colours as well, in light and in dark. */
const colours = {
  light: ['#3b4fc4', '#b45309', '#0f766e', '#be185d', '#6b7280', '#7c3aed'],
  dark: ['#91a7ff', '#fbbf24', '#5eead4', '#f9a8d4', '#adb3c2', '#c4b5fd'],
}
const dashes = [[], [6, 4], [2, 3], [10, 3, 2, 3], [4, 2], [12, 4]]
const height = 220

/** Lines over time, with the numbers of the time under the pointer in the legend. */
export function Chart({ label, times, series, nameOf, locale }: Props) {
  const scheme = useComputedColorScheme('light')
  const { ref, width } = useElementSize<HTMLDivElement>()
  const target = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState<number>()
  useEffect(() => {
    const place = target.current
    if (place === null || width === 0) return
    let plot: UPlot | undefined
    let isGone = false
    void import('uplot').then(({ default: Plot }) => {
      if (isGone) return
      const options = optionsFor({ width, scheme, series, locale, hover: setAt })
      plot = new Plot(options, [[...times], ...series.map(({ values }) => [...values])], place)
    })
    return () => {
      isGone = true
      plot?.destroy()
    }
  }, [width, scheme, series, times, locale])
  const shown = at ?? times.length - 1
  return (
    <div>
      <div ref={ref} className={classes.chart}>
        <div ref={target} role="img" aria-label={label} />
      </div>
      <div className={classes.legend} aria-hidden>
        <span>{nameOf(shown)}</span>
        {series.map(({ label: name, values }, i) => (
          <span key={name} className={classes.entry}>
            <svg width="24" height="8" aria-hidden>
              <line
                x1="0"
                y1="4"
                x2="24"
                y2="4"
                stroke={colours[scheme][i]}
                strokeWidth="2.5"
                strokeDasharray={dashes[i]?.join(' ')}
              />
            </svg>
            {name}: {values[shown]?.toLocaleString(locale)}
          </span>
        ))}
      </div>
    </div>
  )
}

type Look = Pick<Props, 'series' | 'locale'> & {
  readonly width: number
  readonly scheme: 'light' | 'dark'
  readonly hover: (index: number | undefined) => void
}

function optionsFor({ width, scheme, series, locale, hover }: Look): UPlot.Options {
  const ink = scheme === 'light' ? '#495057' : '#adb3c2'
  const line = scheme === 'light' ? '#e3e6ef' : '#323748'
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } }
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' })
  const number = new Intl.NumberFormat(locale, { notation: 'compact' })
  return {
    width,
    height,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { x: { time: true }, y: { range: (_, __, most) => [0, Math.max(most, 4) * 1.05] } },
    tzDate: (seconds) => new Date(seconds * 1000),
    axes: [
      { ...axis, values: (_, splits) => splits.map((split) => day.format(split * 1000)), space: 80 },
      {
        ...axis,
        size: 56,
        values: (_, splits) => splits.map((split) => (Number.isInteger(split) ? number.format(split) : '')),
      },
    ],
    series: [
      {},
      ...series.map(({ label }, i) => ({
        label,
        stroke: colours[scheme][i] ?? ink,
        width: 2,
        dash: dashes[i] ?? [],
        points: { show: series[i]?.values.length === 1 },
      })),
    ],
    hooks: { setCursor: [({ cursor }) => hover(cursor.idx ?? undefined)] },
  }
}
