import { Text, Title } from '@mantine/core'
import { IconKey, IconLogin2, IconUser, IconUsers } from '@tabler/icons-react'
import type { Holder, HolderKind } from '../../api/access.ts'
import { useAllowed } from '../../api/acl.ts'
import { useTexts } from '../../texts/texts.ts'
import admin from '../administer/administer.module.css'
import { LinkTo } from '../link-to.tsx'
import classes from './access.module.css'
import { useDeeds } from './use-deeds.ts'
import { Why } from './why.tsx'

const icons = { group: IconUsers, entity: IconUser, role: IconLogin2, token: IconKey }

type Props = {
  readonly kind: HolderKind
  readonly holders: readonly Holder[]
  /** Where there is nobody of the kind, that is told. */
  readonly isTold: boolean
}

/** All of one kind who may do something. */
export function HolderList({ kind, holders, isTold }: Props) {
  const { access: texts } = useTexts()
  const deeds = useDeeds()
  const Icon = icons[kind]
  if (holders.length === 0 && (!isTold || kind === 'token')) return null
  return (
    <section aria-label={texts.kinds[kind]}>
      <Title order={3} size="h5">
        {texts.kinds[kind]}
      </Title>
      {holders.length === 0 ? (
        <Text size="sm" c="dimmed">
          {texts.none[kind]}
        </Text>
      ) : (
        <ul className={classes.holders} aria-label={texts.kinds[kind]}>
          {holders.map((holder) => (
            <li key={`${holder.id}:${holder.mount}:${holder.policies.join()}`}>
              <Icon size={18} aria-hidden />
              <div className={classes.about}>
                <Text size="sm" className={classes.name ?? ''}>
                  <Name holder={holder} />
                </Text>
                <Text size="sm">
                  {texts.can(deeds(holder.capabilities))}
                  {holder.isLimited && ` · ${texts.limited}`}
                </Text>
                <Why rules={holder.rules} hasWays={kind === 'entity'} />
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Name({ holder }: { readonly holder: Holder }) {
  const { access: texts } = useTexts()
  const allowed = useAllowed()
  const { kind, id, name, mount, members, hasMoreMembers, count, policies } = holder
  if (kind === 'token') return <>{texts.tokens(count, policies.join(', '))}</>
  if (kind === 'entity' && allowed('identity/entity/details', 'sudo')) {
    return (
      <LinkTo to={`/people/${encodeURIComponent(id)}`} className={admin.link}>
        <bdi>{name}</bdi>
      </LinkTo>
    )
  }
  return (
    <>
      <bdi>{name}</bdi>
      {kind === 'role' && (
        <Text component="span" size="sm" c="dimmed">
          {' '}
          {texts.at(mount.replace(/\/$/, ''))}
        </Text>
      )}
      {members !== undefined && (
        <Text component="span" size="sm" c="dimmed">
          {' '}
          {texts.members(members, hasMoreMembers)}
        </Text>
      )}
    </>
  )
}
