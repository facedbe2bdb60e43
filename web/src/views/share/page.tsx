import { Paper, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { Share } from '../../parts/share/share.tsx'
import { useTexts } from '../../texts/texts.ts'

/** Sharing what is typed here, and stored nowhere else. */
export default function SharePage() {
  const { share } = useTexts()
  const [turn, setTurn] = useState(0)
  return (
    <Stack maw={760}>
      <Title order={1} size="h3">
        {share.title}
      </Title>
      <Text c="dimmed">{share.lead}</Text>
      <Paper p="lg" radius="lg" withBorder>
        <Share
          key={turn}
          source={{ kind: 'text' }}
          done={{ label: share.another, run: () => setTurn(turn + 1) }}
        />
      </Paper>
    </Stack>
  )
}
