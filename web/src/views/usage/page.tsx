import { SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { IconChartLine } from '@tabler/icons-react'
import { type Span, spans, useCounts } from '../../api/counts.ts'
import { useSearchTexts } from '../../app/search.ts'
import { Loading } from '../../parts/states/loading.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import { useTexts } from '../../texts/texts.ts'
import { Charts } from './charts.tsx'
import { EndingTokens } from './ending-tokens.tsx'
import { UnusedSecrets } from './unused-secrets.tsx'

/** How the store is used: requests and people over time, what nobody reads, what ends soon. */
export default function UsagePage() {
  const { counts } = useTexts()
  const [search, setSearch] = useSearchTexts()
  const span = spans.find((one) => one === search.span) ?? '30'
  return (
    <Stack gap="xl" maw={980}>
      <Stack>
        <Title order={1} size="h3">
          {counts.title}
        </Title>
        <Text c="dimmed">{counts.lead}</Text>
        <SegmentedControl
          aria-label={counts.span}
          value={span}
          data={spans.map((value) => ({ value, label: counts.spans[value] }))}
          onChange={(next: string) => setSearch({ ...search, span: next })}
        />
      </Stack>
      <Counted span={span} />
      <UnusedSecrets />
      <EndingTokens />
    </Stack>
  )
}

function Counted({ span }: { readonly span: Span }) {
  const { counts } = useTexts()
  const { data, error, isPending, refetch } = useCounts(span)
  if (isPending) return <Loading />
  if (error !== null) return <Trouble error={error} again={() => void refetch()} />
  if (!data.periods.some(({ requests }) => requests > 0)) {
    return <State icon={IconChartLine} title={counts.none} text={counts.noneText} />
  }
  return <Charts span={span} counts={data} />
}
