import { Drawer } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useRouterState } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import type { Session } from '../../api/session.ts'
import { useTexts } from '../../texts/texts.ts'
import { Header } from './header.tsx'
import { Help } from './help.tsx'
import { Nav } from './nav.tsx'
import classes from './shell.module.css'
import { useShortcuts } from './use-shortcuts.ts'

/** What is around every view: the header, the navigation, the content. */
export function Shell({ session, children }: { readonly session: Session; readonly children: ReactNode }) {
  const texts = useTexts()
  const [navigation, { open, close }] = useDisclosure(false)
  const [help, helpTools] = useDisclosure(false)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  useShortcuts(session, helpTools.toggle)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another path closes it
  useEffect(close, [path, close])
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        {texts.skip}
      </a>
      <Header session={session} openNavigation={open} openHelp={helpTools.open} />
      <nav className={classes.nav} aria-label={texts.nav.label}>
        <Nav session={session} />
      </nav>
      <main id="content" className={classes.content} tabIndex={-1}>
        {children}
      </main>
      <Drawer.Root opened={navigation} onClose={close} size={280} lockScroll={false}>
        <Drawer.Overlay />
        <Drawer.Content aria-label={texts.nav.label}>
          <div className={classes.drawerHead}>
            <Drawer.CloseButton aria-label={texts.nav.close} />
          </div>
          <Drawer.Body>
            <nav aria-label={texts.nav.label}>
              <Nav session={session} />
            </nav>
          </Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
      <Help opened={help} close={helpTools.close} session={session} />
    </div>
  )
}
