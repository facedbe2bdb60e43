import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTexts } from '../texts/texts.ts'
import classes from './dialog.module.css'

type Props = {
  readonly opened: boolean
  readonly title: string
  /** Without it nothing but what is in it closes it. */
  readonly close?: (() => void) | undefined
  readonly children: ReactNode
}

/** Something that has to be seen to before the rest of the page. */
export function Dialog({ opened, title, close, children }: Props) {
  const { common } = useTexts()
  return (
    <Modal.Root
      opened={opened}
      onClose={close ?? (() => {})}
      closeOnEscape={close !== undefined}
      closeOnClickOutside={close !== undefined}
      lockScroll={false}
      centered
    >
      <Modal.Overlay />
      <Modal.Content>
        <div className={classes.head}>
          <Modal.Title className={classes.title ?? ''}>
            <bdi>{title}</bdi>
          </Modal.Title>
          {close !== undefined && <Modal.CloseButton aria-label={common.close} />}
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}
