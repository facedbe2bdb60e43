import { Paper, Stack, Title } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ComponentType, ReactNode } from 'react'
import { Loading } from '../../parts/states/loading.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import classes from './server.module.css'

type Props<Data> = {
  readonly title: string
  readonly icon: ComponentType<{ size?: number; 'aria-hidden'?: boolean }>
  readonly query: Pick<UseQueryResult<Data>, 'data' | 'error'>
  /** Beside the title. */
  readonly tools?: ReactNode
  readonly children: (data: Data) => ReactNode
}

/** One side of the server, or why it cannot be shown. */
export function Card<Data>({ title, icon: Icon, query, tools, children }: Props<Data>) {
  const { data, error } = query
  return (
    <Paper
      component="section"
      aria-label={title}
      className={classes.card ?? ''}
      p="lg"
      radius="lg"
      withBorder
    >
      <Stack>
        <div className={classes.head}>
          <Icon size={20} aria-hidden />
          <Title order={2} size="h5">
            {title}
          </Title>
          {data !== undefined && tools}
        </div>
        {data !== undefined ? children(data) : error !== null ? <TroubleLine error={error} /> : <Loading />}
      </Stack>
    </Paper>
  )
}
