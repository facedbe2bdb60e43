import { Stack, Text, Title } from '@mantine/core'
import { useTexts } from '../../texts/texts.ts'
import { BackupCard } from './backup-card.tsx'
import { DutiesCard } from './duties-card.tsx'
import { KeyCard } from './key-card.tsx'
import { NodesCard } from './nodes-card.tsx'
import { SealCard } from './seal-card.tsx'
import classes from './server.module.css'
import { StorageCard } from './storage-card.tsx'
import { VersionsCard } from './versions-card.tsx'

/** How the server is: its seal, its nodes, its key, its store. */
export default function ServerPage() {
  const { server } = useTexts()
  return (
    <Stack maw={1200}>
      <Title order={1} size="h3">
        {server.title}
      </Title>
      <Text c="dimmed">{server.lead}</Text>
      <NodesCard />
      <div className={classes.cards}>
        <SealCard />
        <KeyCard />
        <StorageCard />
        <BackupCard />
        <DutiesCard />
        <VersionsCard />
      </div>
    </Stack>
  )
}
