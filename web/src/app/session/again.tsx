import { Button, Stack, Text } from '@mantine/core'
import { Dialog } from '../../parts/dialog.tsx'
import { LoginForm } from '../../parts/login/login-form.tsx'
import { useTexts } from '../../texts/texts.ts'
import { useSession } from './context.ts'

/** Over what was open when the session ended: after the login it is as it was. */
export function LogInAgain() {
  const { session: texts } = useTexts()
  const { began, leave } = useSession()
  return (
    <Dialog opened title={texts.endedTitle}>
      <Stack>
        <Text>{texts.endedText}</Text>
        <LoginForm began={began} inNewTab />
        <Button variant="subtle" onClick={leave}>
          {texts.leave}
        </Button>
      </Stack>
    </Dialog>
  )
}
