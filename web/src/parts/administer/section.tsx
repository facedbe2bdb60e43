import { Group, Stack, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import classes from './administer.module.css'

type Props = { readonly title: string; readonly tools?: ReactNode; readonly children: ReactNode }

/** A part of a view about one thing. */
export function Section({ title, tools, children }: Props) {
  const id = useId()
  return (
    <section className={classes.section} aria-labelledby={id}>
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Title order={2} size="h5" id={id}>
            {title}
          </Title>
          {tools}
        </Group>
        {children}
      </Stack>
    </section>
  )
}
