import { Text } from '@mantine/core'
import type { WholePerson } from '../../api/administer/shapes.ts'
import { Facts } from '../../parts/administer/facts.tsx'
import { Section } from '../../parts/administer/section.tsx'
import { useTexts } from '../../texts/texts.ts'
import { moment } from '../../texts/times.ts'

/** What is kept with somebody. */
export function Metadata({ person }: { readonly person: WholePerson }) {
  const texts = useTexts()
  const { admin, entities } = texts
  const pairs = Object.entries(person.metadata)
  return (
    <Section title={admin.metadata}>
      {pairs.length === 0 && <Text c="dimmed">{entities.noMetadata}</Text>}
      <Facts
        facts={[
          ...pairs.map(([name, text]) => ({ name, value: <bdi>{text}</bdi> })),
          { name: admin.created, value: moment(texts, person.created) },
          ...(person.mergedIds.length > 0
            ? [{ name: entities.mergedIds, value: person.mergedIds.join(', ') }]
            : []),
        ]}
      />
    </Section>
  )
}
