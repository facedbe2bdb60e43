import { Group, Paper, Text, Title } from '@mantine/core'
import { useCallback, useMemo } from 'react'
import type { Span } from '../../api/counts.ts'
import { beginOf, type Period } from '../../api/periods.ts'
import { Chart, type Series } from '../../parts/charts/chart.tsx'
import { SaveCsv } from '../../parts/csv/save-csv.tsx'
import { useTexts } from '../../texts/texts.ts'
import classes from './usage.module.css'

type Props = {
  readonly name: string
  readonly title: string
  readonly text?: string
  readonly span: Span
  readonly periods: readonly Period[]
  readonly series: readonly Series[]
}

/** A picture of numbers over time, and the numbers themselves in a table that opens below it. */
export function Graph({ name, title, text, span, periods, series }: Props) {
  const texts = useTexts()
  const { counts } = texts
  const times = useMemo(() => periods.map(beginOf), [periods])
  const nameOf = useCallback(
    (index: number) => periodText(texts.code, periods[index]?.name ?? ''),
    [texts, periods],
  )
  const sums = series.map(({ label, values }) => `${label} ${values.reduce((sum, one) => sum + one, 0)}`)
  const isPeople = name === 'people'
  const header = [span === 'year' ? counts.month : counts.day, ...series.map(({ label }) => label)]
  const rows = periods.map((period, i) => [period.name, ...series.map(({ values }) => values[i] ?? 0)])
  return (
    <Paper component="section" aria-label={title} p="md" radius="lg" withBorder>
      <Group justify="space-between" gap="sm" mb="xs">
        <Title order={2} size="h5">
          {title}
        </Title>
        <SaveCsv name={`coffer-${name}`} label={title} header={header} rows={rows} />
      </Group>
      {text !== undefined && (
        <Text size="sm" c="dimmed" mb="xs">
          {text}
        </Text>
      )}
      <Chart
        label={isPeople ? counts.picture(title) : `${counts.picture(title)} ${sums.join(', ')}`}
        times={times}
        series={series}
        nameOf={nameOf}
        locale={texts.code}
      />
      <details className={classes.numbers}>
        <summary>{counts.asTable(title)}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
        <section className={classes.scroll} aria-label={counts.tableOf(title)} tabIndex={0}>
          <table>
            <thead>
              <tr>
                {header.map((one) => (
                  <th key={one} scope="col">
                    {one}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {periods.map((period, i) => (
                <tr key={period.name}>
                  <th scope="row">{periodText(texts.code, period.name)}</th>
                  {series.map(({ label, values }) => (
                    <td key={label}>{values[i]?.toLocaleString(texts.code)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </Paper>
  )
}

/** Days and months are those of UTC. */
function periodText(locale: string, name: string): string {
  if (name === '') return ''
  const isMonth = name.length === 7
  const style = isMonth ? ({ month: 'long', year: 'numeric' } as const) : ({ dateStyle: 'medium' } as const)
  return new Intl.DateTimeFormat(locale, { ...style, timeZone: 'UTC' }).format(
    new Date(isMonth ? `${name}-01` : name),
  )
}
