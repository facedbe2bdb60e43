import { Button, Code, Group, NativeSelect, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconCopy } from '@tabler/icons-react'
import { useState } from 'react'
import { useCopy } from '../../parts/hand-over/use-copy.ts'
import { isBlockName, type ProviderAnswers, redirectAddress, spacesBlock } from '../../parts/set-up/block.ts'
import { useTexts } from '../../texts/texts.ts'
import classes from './guide.module.css'
import { VoRows } from './vo-rows.tsx'

const blank: ProviderAnswers = {
  name: 'people',
  profile: 'egi',
  issuer: '',
  personClaim: 'sub',
  groupsClaim: 'groups',
  clientId: '',
  secretFile: '/etc/coffer/client-secret',
  origin: location.origin,
  vos: [],
}

/** Asks what the configuration has to say of the provider, and writes it. No secret is typed here. */
export function BlockForm() {
  const { guide } = useTexts()
  const copy = useCopy()
  const [answers, setAnswers] = useState(blank)
  const set = (change: Partial<ProviderAnswers>) => setAnswers({ ...answers, ...change })
  const text = (name: 'issuer' | 'personClaim' | 'groupsClaim' | 'clientId' | 'secretFile' | 'origin') => ({
    value: answers[name],
    onChange: ({ currentTarget }: { currentTarget: HTMLInputElement }) =>
      set({ [name]: currentTarget.value.trim() }),
    autoComplete: 'off',
    spellCheck: false,
    dir: 'ltr',
  })
  const isIssuer = answers.profile === 'egi' || URL.canParse(answers.issuer)
  const isComplete =
    isBlockName(answers.name) &&
    answers.clientId !== '' &&
    isIssuer &&
    answers.vos.every(({ name }) => isBlockName(name))
  const redirect = redirectAddress(answers.origin)
  const block = spacesBlock(answers)
  return (
    <Stack>
      <NativeSelect
        label={guide.profile}
        value={answers.profile}
        data={[
          { value: 'egi', label: 'EGI Check-in' },
          { value: 'other', label: guide.otherProvider },
        ]}
        onChange={({ currentTarget }) => set({ profile: currentTarget.value === 'egi' ? 'egi' : 'other' })}
      />
      {answers.profile === 'other' && (
        <>
          <TextInput
            label={guide.issuer}
            description={guide.issuerHint}
            placeholder="https://idp.example.org"
            {...text('issuer')}
          />
          <Group grow align="flex-start">
            <TextInput
              label={guide.personClaim}
              description={guide.personClaimHint}
              {...text('personClaim')}
            />
            <TextInput
              label={guide.groupsClaim}
              description={guide.groupsClaimHint}
              {...text('groupsClaim')}
            />
          </Group>
        </>
      )}
      <TextInput label={guide.origin} description={guide.originHint} {...text('origin')} />
      <div>
        <Text size="sm" fw={500}>
          {guide.redirect}
        </Text>
        <Group gap="xs">
          <Code dir="ltr" className={classes.command ?? ''}>
            {redirect}
          </Code>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconCopy size={16} aria-hidden />}
            onClick={() => void copy(redirect)}
          >
            {guide.copyRedirect}
          </Button>
        </Group>
      </div>
      <Group grow align="flex-start">
        <TextInput label={guide.clientId} description={guide.clientIdHint} {...text('clientId')} />
        <TextInput label={guide.secretFile} description={guide.secretFileHint} {...text('secretFile')} />
      </Group>
      <VoRows vos={answers.vos} change={(vos) => set({ vos })} />
      {isComplete ? (
        <Stack gap="xs">
          <Title order={3} size="h6">
            {guide.block}
          </Title>
          <Code block dir="ltr" className={classes.command ?? ''}>
            {block}
          </Code>
          <Group>
            <Button leftSection={<IconCopy size={18} aria-hidden />} onClick={() => void copy(block)}>
              {guide.copyBlock}
            </Button>
          </Group>
          <Text size="sm">{guide.blockText}</Text>
        </Stack>
      ) : (
        <Text size="sm" c="dimmed" role="status">
          {guide.incomplete}
        </Text>
      )}
    </Stack>
  )
}
