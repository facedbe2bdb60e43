import { Stack, Text, Title } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import type { ComponentType } from 'react'
import { LinkTo } from '../link-to.tsx'
import classes from './place-cards.module.css'

type PlaceCard = {
  readonly to: string
  readonly search?: Readonly<Record<string, string>>
  readonly title: string
  readonly text: string
}

type Props = {
  readonly title: string
  readonly lead?: string
  readonly icon: ComponentType<{ size?: number; 'aria-hidden'?: boolean }>
  readonly cards: readonly PlaceCard[]
}

/** Places to go to, each with a word about it. */
export function PlaceCards({ title, lead, icon: Icon, cards }: Props) {
  return (
    <Stack maw={760}>
      <Title order={1} size="h3">
        {title}
      </Title>
      {lead !== undefined && <Text c="dimmed">{lead}</Text>}
      <ul className={classes.cards}>
        {cards.map((card) => (
          <li key={card.title}>
            <LinkTo to={card.to} search={card.search ?? {}} className={classes.card}>
              <Icon size={24} aria-hidden />
              <span className={classes.words}>
                <bdi className={classes.title}>{card.title}</bdi>
                <span className={classes.text}>{card.text}</span>
              </span>
              <IconChevronRight size={18} className="flips" aria-hidden />
            </LinkTo>
          </li>
        ))}
      </ul>
    </Stack>
  )
}
