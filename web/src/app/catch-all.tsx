import { Button } from '@mantine/core'
import { IconMoodConfuzed } from '@tabler/icons-react'
import { Component, type ReactNode } from 'react'
import { State } from '../parts/states/state.tsx'
import { useTexts } from '../texts/texts.ts'

/** Shows that the page itself failed, where nothing else did. */
export class CatchAll extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    return this.state.failed ? <Crashed /> : this.props.children
  }
}

function Crashed() {
  const { crashed } = useTexts()
  return (
    <State isPage icon={IconMoodConfuzed} title={crashed.title} text={crashed.text} role="alert">
      <Button onClick={() => location.reload()}>{crashed.reload}</Button>
    </State>
  )
}
