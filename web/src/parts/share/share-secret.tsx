import { ActionIcon, Tooltip } from '@mantine/core'
import { IconShare } from '@tabler/icons-react'
import { useState } from 'react'
import type { JsonObject } from '../../../../src/base/json/json.ts'
import { useAllowed } from '../../api/acl.ts'
import { useTexts } from '../../texts/texts.ts'
import { Dialog } from '../dialog.tsx'
import { Share } from './share.tsx'
import { waysFor } from './ways.ts'

/** The way from a secret to those it is shared with. */
export function ShareSecret({ name, data }: { readonly name: string; readonly data: JsonObject }) {
  const { share } = useTexts()
  const allowed = useAllowed()
  const [opened, setOpened] = useState(false)
  const [showing, setShowing] = useState(false)
  if (waysFor(allowed).length === 0) return null
  return (
    <>
      <Tooltip label={share.share(name)}>
        <ActionIcon
          size={36}
          variant="default"
          aria-label={share.share(name)}
          onClick={() => setOpened(true)}
        >
          <IconShare size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Dialog
        opened={opened}
        // What is shown once does not go by a click beside it.
        close={showing ? undefined : () => setOpened(false)}
        title={share.share(name)}
      >
        <Share
          source={{ kind: 'secret', name, data }}
          showing={setShowing}
          done={{ label: share.done, run: () => setOpened(false) }}
        />
      </Dialog>
    </>
  )
}
