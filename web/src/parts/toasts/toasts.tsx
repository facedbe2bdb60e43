import { Button, Group, Notification, Portal, Text } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import { type ReactNode, useCallback, useRef, useState } from 'react'
import { useTexts } from '../../texts/texts.ts'
import { type Toast, ToastContext } from './context.ts'
import classes from './toasts.module.css'

/** Milliseconds that one shows; longer where there is something to press. */
const shortly = 6000
const longer = 12_000
const most = 3

type Shown = Toast & { readonly id: number }

/** Where things are said in passing. */
export function Toasts({ children }: { readonly children: ReactNode }) {
  const texts = useTexts()
  const [shown, setShown] = useState<readonly Shown[]>([])
  const count = useRef(0)
  const drop = useCallback((id: number) => setShown((all) => all.filter((one) => one.id !== id)), [])
  const say = useCallback(
    (toast: Toast) => {
      const id = count.current++
      setShown((all) => [...all, { ...toast, id }].slice(-most))
      setTimeout(() => drop(id), toast.action === undefined ? shortly : longer)
    },
    [drop],
  )
  return (
    <ToastContext value={say}>
      {children}
      <Portal>
        <div className={classes.place} role="status" aria-live="polite">
          {shown.map(({ id, text, tone = 'good', action }) => (
            <Notification
              key={id}
              withBorder
              color={tone === 'good' ? 'teal.9' : 'red.9'}
              icon={tone === 'good' ? <IconCheck size={18} aria-hidden /> : <IconX size={18} aria-hidden />}
              onClose={() => drop(id)}
              closeButtonProps={{ 'aria-label': texts.common.close }}
            >
              <Group justify="space-between" wrap="nowrap" gap="sm">
                <Text size="sm" component="span">
                  {text}
                </Text>
                {action !== undefined && (
                  <Button
                    size="compact-sm"
                    variant="default"
                    onClick={() => {
                      drop(id)
                      action.run()
                    }}
                  >
                    {action.label}
                  </Button>
                )}
              </Group>
            </Notification>
          ))}
        </div>
      </Portal>
    </ToastContext>
  )
}
