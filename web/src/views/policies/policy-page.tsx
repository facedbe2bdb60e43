import { Alert, Button, Text, Title } from '@mantine/core'
import { IconFileOff, IconInfinity } from '@tabler/icons-react'
import { useState } from 'react'
import { useAllowed } from '../../api/acl.ts'
import { builtInPolicies, usePolicy } from '../../api/policies.ts'
import { LinkTo } from '../../parts/link-to.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import { useTexts } from '../../texts/texts.ts'
import { PolicyForm } from './policy-form.tsx'

/** How policies begin that follow from the configuration; see `src/core/spaces`. */
const fromSpaces = '# Made from the spaces configuration.'

/** One policy: to read, and to change where that is allowed. */
export function PolicyPage({ name }: { readonly name: string }) {
  const { policies } = useTexts()
  const allowed = useAllowed()
  const [turn, setTurn] = useState(0)
  const { data: text, error, isPending, refetch } = usePolicy(name)
  const back = (
    <Button component={LinkTo} to="/policies" variant="default">
      {policies.back}
    </Button>
  )
  if (isPending) return <Loading />
  if (error !== null && text === undefined)
    return <Trouble isPage error={error} again={() => void refetch()} />
  if (text === null || text === undefined) {
    return (
      <State isPage icon={IconFileOff} title={policies.gone} text={policies.goneText}>
        {back}
      </State>
    )
  }
  if (name === 'root') {
    return (
      <State isPage icon={IconInfinity} title={policies.rootTitle} text={policies.rootText}>
        {back}
      </State>
    )
  }
  const path = `sys/policies/acl/${name}`
  const isBuiltIn = builtInPolicies.has(name)
  const notice = isBuiltIn
    ? policies.builtIn
    : !allowed(path, 'update')
      ? policies.readOnly
      : text.startsWith(fromSpaces)
        ? policies.fromSpaces
        : undefined
  return (
    <PolicyForm
      key={turn}
      name={name}
      text={text}
      writable={!isBuiltIn && allowed(path, 'update')}
      deletable={!isBuiltIn && name !== 'default' && allowed(path, 'delete')}
      heading={
        <Title order={1} size="h3">
          <bdi>{name}</bdi>
        </Title>
      }
      notice={
        notice !== undefined && (
          <Alert color="gray">
            <Text size="sm">{notice}</Text>
          </Alert>
        )
      }
      again={() => setTurn(turn + 1)}
    />
  )
}
