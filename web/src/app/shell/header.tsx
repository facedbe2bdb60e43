import { ActionIcon, Tooltip } from '@mantine/core'
import { IconKeyboard, IconMenu2 } from '@tabler/icons-react'
import type { Session } from '../../api/session.ts'
import { FindButton } from '../../parts/find/find-button.tsx'
import { LinkTo } from '../../parts/link-to.tsx'
import { useTexts } from '../../texts/texts.ts'
import { Account } from './account.tsx'
import classes from './shell.module.css'

type Props = {
  readonly session: Session
  readonly openNavigation: () => void
  readonly openHelp: () => void
}

export function Header({ session, openNavigation, openHelp }: Props) {
  const texts = useTexts()
  return (
    <header className={classes.header}>
      <ActionIcon
        className={classes.burger ?? ''}
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={texts.nav.open}
        onClick={openNavigation}
      >
        <IconMenu2 size={20} aria-hidden />
      </ActionIcon>
      <LinkTo to="/" className={classes.brand}>
        <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={26} height={26} />
        {texts.product}
      </LinkTo>
      <div className={classes.space} />
      <FindButton />
      <div className={classes.spaceAfter} />
      <Tooltip label={texts.settings.help}>
        <ActionIcon
          className={classes.help ?? ''}
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={texts.settings.help}
          onClick={openHelp}
        >
          <IconKeyboard size={20} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Account session={session} />
    </header>
  )
}
