import { Text } from '@mantine/core'
import { useMemo } from 'react'
import type { Counts, Span } from '../../api/counts.ts'
import { restOf, topEngines } from '../../api/periods.ts'
import { useTexts } from '../../texts/texts.ts'
import { Graph } from './graph.tsx'

/** Engines that are told apart in one picture. */
const mostEngines = 5

/** Pictures of the same days or months, each with its table. */
export function Charts({
  span,
  counts: { periods, isLowerBound },
}: {
  readonly span: Span
  readonly counts: Counts
}) {
  const { counts } = useTexts()
  const graphs = useMemo(() => {
    const { names, hasRest } = topEngines(periods, mostEngines)
    const of = (label: string, value: (at: (typeof periods)[number]) => number) => ({
      label,
      values: periods.map(value),
    })
    return {
      requests: [
        of(counts.reads, ({ reads }) => reads),
        of(counts.writes, ({ writes }) => writes),
        of(counts.failed, ({ failed }) => failed),
      ],
      people: [of(counts.people, ({ people }) => people)],
      secrets: [of(counts.secretReads, ({ secretReads }) => secretReads)],
      engines: [
        ...names.map((name) => of(name, ({ engines }) => engines[name] ?? 0)),
        ...(hasRest ? [of(counts.rest, (one) => restOf(one, names))] : []),
      ],
    }
  }, [periods, counts])
  const about = { periods, span }
  return (
    <>
      <Graph {...about} name="requests" title={counts.requests} series={graphs.requests} />
      <Graph {...about} name="people" title={counts.people} text={counts.peopleText} series={graphs.people} />
      {isLowerBound && <Text size="sm">{counts.lowerBound}</Text>}
      <Graph
        {...about}
        name="secrets"
        title={counts.secrets}
        text={counts.secretsText}
        series={graphs.secrets}
      />
      <Graph {...about} name="engines" title={counts.engines} series={graphs.engines} />
    </>
  )
}
