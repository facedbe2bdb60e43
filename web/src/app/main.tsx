import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import '@mantine/core/styles.css'
import 'virtual:theme.css'
import './base.css'

const place = document.getElementById('page')
if (place === null) throw new Error('the page has no place to be')
createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
