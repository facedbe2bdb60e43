import { Paper, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './lone.module.css'

type Props = {
  readonly title: string
  readonly lead?: string
  /** For what needs more room than a form. */
  readonly isWide?: boolean
  readonly children: ReactNode
}

/** A card in the middle of a page without navigation, for whoever is not logged in. */
export function Lone({ title, lead, isWide = false, children }: Props) {
  return (
    <div className={classes.page}>
      <Paper className={classes.card} data-wide={isWide || undefined} radius="lg" shadow="sm" withBorder>
        <Stack>
          <div className={classes.brand}>
            <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={44} height={44} />
            <Title order={1} size="h3" ta="center">
              {title}
            </Title>
            {lead !== undefined && (
              <Text c="dimmed" ta="center" size="sm">
                {lead}
              </Text>
            )}
          </div>
          {children}
        </Stack>
      </Paper>
      <Text size="xs" c="dimmed">
        {__VERSION__}
      </Text>
    </div>
  )
}
