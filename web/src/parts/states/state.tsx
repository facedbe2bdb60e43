import { Stack, Text, Title } from '@mantine/core'
import type { ComponentType, ReactNode } from 'react'
import classes from './state.module.css'

type Props = {
  readonly icon: ComponentType<{ size?: number; stroke?: number; 'aria-hidden'?: boolean }>
  readonly title: string
  readonly text?: string
  /** Where it is all that a view shows. */
  readonly isPage?: boolean
  readonly role?: 'alert' | 'status'
  readonly children?: ReactNode
}

/** What a place shows when there is nothing else to show: what it is, what it means, what can be done. */
export function State({ icon: Icon, title, text, isPage = false, role, children }: Props) {
  return (
    <Stack className={classes.state} gap="sm" align="center" role={role}>
      <Icon size={40} stroke={1.5} aria-hidden={true} />
      <Title order={isPage ? 1 : 2} size="h4" ta="center">
        {title}
      </Title>
      {text !== undefined && (
        <Text c="dimmed" ta="center" maw={440}>
          {text}
        </Text>
      )}
      {children}
    </Stack>
  )
}
