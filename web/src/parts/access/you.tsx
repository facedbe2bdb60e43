import { Text, Title } from '@mantine/core'
import type { Standing } from '../../api/access.ts'
import { useTexts } from '../../texts/texts.ts'
import { useDeeds } from './use-deeds.ts'
import { Why } from './why.tsx'

/** What whoever looks may do themselves. */
export function You({ standing: { capabilities, isLimited, rules } }: { readonly standing: Standing }) {
  const { access: texts } = useTexts()
  const deeds = useDeeds()
  const did = deeds(capabilities)
  return (
    <section aria-label={texts.you}>
      <Title order={3} size="h5">
        {texts.you}
      </Title>
      <Text size="sm">
        {did === '' ? texts.youCannot : texts.youCan(did)}
        {isLimited && ` · ${texts.limited}`}
      </Text>
      <Why rules={rules} hasWays />
    </section>
  )
}
