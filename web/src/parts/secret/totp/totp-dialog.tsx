import { lazy, Suspense } from 'react'
import { useTexts } from '../../../texts/texts.ts'
import { Dialog } from '../../dialog.tsx'
import { Loading } from '../../states/loading.tsx'

const TotpForm = lazy(() => import('./totp-form.tsx'))

type Props = {
  readonly opened: boolean
  readonly close: () => void
  readonly value: string
  readonly account: string
  readonly use: (address: string) => void
}

/** Asks for what makes one-time codes. */
export function TotpDialog({ opened, close, value, account, use }: Props) {
  const { totp } = useTexts()
  return (
    <Dialog opened={opened} close={close} title={totp.title}>
      <Suspense fallback={<Loading />}>
        <TotpForm
          value={value}
          account={account}
          use={(address) => {
            use(address)
            close()
          }}
        />
      </Suspense>
    </Dialog>
  )
}
