import { ActionIcon, Button, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { IconArrowLeft, IconPencil, IconTrash } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { Secret } from '../../api/secrets.ts'
import { useTexts } from '../../texts/texts.ts'
import { moment } from '../../texts/times.ts'
import { Access } from '../access/access.tsx'
import { Command } from '../command/command.tsx'
import { ShareSecret } from '../share/share-secret.tsx'
import { readAction } from './commands.ts'
import type { Seal } from './crypt/seal.ts'
import { SealPart } from './crypt/seal-part.tsx'
import { CustomShown } from './custom/custom-shown.tsx'
import { DeleteSecret } from './delete-secret.tsx'
import { FieldList } from './field-list.tsx'
import { History } from './history/history.tsx'
import { JsonView } from './json-view.tsx'
import classes from './secret-view.module.css'
import { OpenedMark } from './usage/opened-mark.tsx'
import { Usage } from './usage/usage.tsx'

type Props = {
  readonly path: string
  readonly name: string
  readonly secret: Secret
  readonly writable: boolean
  /** That of an encrypted secret. */
  readonly seal: Seal | undefined
  /** What else can be done with it. */
  readonly more: ReactNode
  readonly edit: () => void
  readonly close: () => void
}

type View = 'fields' | 'json' | 'history' | 'usage' | 'access'

/** A secret to look at. */
export function SecretView({ path, name, secret, writable, seal, more, edit, close }: Props) {
  const texts = useTexts()
  const [view, setView] = useState<View>('fields')
  const [deleting, setDeleting] = useState(false)
  const { version, changed } = secret
  const opened = seal?.opened?.kind === 'open' ? seal.opened : undefined
  const data = seal === undefined ? secret.data : opened?.data
  // To store it again would lose what could not be opened.
  const isWhole = seal === undefined || opened?.closed.length === 0
  const values: { readonly value: View; readonly label: string }[] = [
    { value: 'fields', label: texts.secret.fields },
    { value: 'json', label: texts.secret.json },
  ]
  const views = [
    ...(data === undefined ? [] : values),
    ...(version === undefined ? [] : [{ value: 'history' as const, label: texts.history.title }]),
    { value: 'usage' as const, label: texts.usage.title },
    { value: 'access' as const, label: texts.access.tab },
  ]
  return (
    <Stack>
      <Group justify="space-between" align="flex-start" className={classes.top ?? ''}>
        <Group gap="xs" wrap="nowrap" className={classes.head ?? ''}>
          <ActionIcon
            className={classes.back ?? ''}
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={texts.common.back}
            onClick={close}
          >
            <IconArrowLeft size={20} aria-hidden className="flips" />
          </ActionIcon>
          <Title order={2} size="h4" className={classes.title ?? ''}>
            <bdi>{name}</bdi>
          </Title>
        </Group>
        <Group gap="xs" wrap="nowrap" className={classes.tools ?? ''}>
          {writable && isWhole && (
            <Button
              size="sm"
              variant="default"
              leftSection={<IconPencil size={16} aria-hidden />}
              onClick={edit}
            >
              {texts.common.edit}
            </Button>
          )}
          {seal === undefined && <ShareSecret name={name} data={secret.data} />}
          {writable && (
            <ActionIcon
              size={36}
              variant="default"
              aria-label={texts.common.delete}
              onClick={() => setDeleting(true)}
            >
              <IconTrash size={18} aria-hidden />
            </ActionIcon>
          )}
          {more}
        </Group>
      </Group>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {[
            version !== undefined && texts.secret.version(version),
            changed !== '' && texts.secret.changedAt(moment(texts, changed)),
          ]
            .filter((part) => part !== false)
            .join(' · ')}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={texts.secret.view}
          value={view}
          onChange={setView}
          data={views}
        />
      </Group>
      <OpenedMark path={path} />
      {seal !== undefined && <SealPart seal={seal} />}
      {view === 'fields' && data !== undefined && <FieldList data={data} />}
      {view === 'fields' && <CustomShown custom={secret.custom} />}
      {view === 'json' && data !== undefined && <JsonView data={data} />}
      {(view === 'fields' || view === 'json') && <Command of={() => readAction(secret.mount, secret.name)} />}
      {view === 'history' && <History path={path} writable={writable} />}
      {view === 'usage' && <Usage path={path} />}
      {view === 'access' && <Access path={path} />}
      <DeleteSecret
        opened={deleting}
        close={() => setDeleting(false)}
        path={path}
        name={name}
        secret={secret}
        done={close}
      />
    </Stack>
  )
}
