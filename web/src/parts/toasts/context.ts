import { createContext, useContext } from 'react'

export type Toast = {
  readonly text: string
  readonly tone?: 'good' | 'bad'
  readonly action?: { readonly label: string; readonly run: () => void }
}

export const ToastContext = createContext<(toast: Toast) => void>(() => {})

/** Says something in passing: it shows for a while, and screen readers read it out. */
export const useToast = () => useContext(ToastContext)
