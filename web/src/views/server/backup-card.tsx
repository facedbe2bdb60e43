import { Code, Text } from '@mantine/core'
import { IconArchive } from '@tabler/icons-react'
import { useOwnSeal } from '../../api/server.ts'
import { useTexts } from '../../texts/texts.ts'
import { Card } from './card.tsx'
import classes from './server.module.css'

/** How a backup is made: on the machine, as no token is worth the whole store. */
export function BackupCard() {
  const { server } = useTexts()
  return (
    <Card title={server.backup} icon={IconArchive} query={useOwnSeal()}>
      {({ storage_type }) =>
        storage_type === 'etcd' || storage_type === 'postgres' ? (
          <Text size="sm">{server.backupShared(storage_type)}</Text>
        ) : (
          <>
            <Text size="sm">{server.backupText}</Text>
            <Code block dir="ltr" className={classes.command ?? ''}>
              coffer operator backup -config=coffer.hcl FILE
            </Code>
            <Text size="sm">{server.backupKeys}</Text>
          </>
        )
      }
    </Card>
  )
}
