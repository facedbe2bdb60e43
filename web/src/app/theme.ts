import { type CSSVariablesResolver, createTheme, type MantineTheme } from '@mantine/core'

/** Colours and sizes. What follows from it becomes a style sheet when the page is built. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 8 },
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  respectReducedMotion: true,
  colors: {
    // Mantine's own is a plain grey, which looks brown beside blue.
    dark: [
      '#d3d7e2',
      '#b9bfce',
      '#979eb0',
      '#6b7285',
      '#434a5e',
      '#323748',
      '#262a39',
      '#1d202c',
      '#171923',
      '#101219',
    ],
  },
  headings: { fontWeight: '650' },
  components: {
    // The library that locks scrolling writes style elements, which the page's policy refuses.
    Drawer: { defaultProps: { lockScroll: false } },
    Tooltip: {
      defaultProps: {
        openDelay: 400,
        transitionProps: { duration: 0 },
        events: { hover: true, focus: true, touch: false },
        withinPortal: false,
        floatingStrategy: 'fixed',
      },
    },
  },
})

/** Where Mantine's own colours have too little contrast (WCAG 2.2 AA). */
export const variables: CSSVariablesResolver = ({ colors }: MantineTheme) => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': colors.gray[7],
    '--mantine-color-placeholder': colors.gray[6],
    '--mantine-color-error': colors.red[9],
    '--mantine-color-anchor': colors.indigo[8],
    '--mantine-color-red-filled': colors.red[9],
    '--mantine-color-red-filled-hover': '#b02525',
    '--mantine-color-red-outline': colors.red[9],
    '--mantine-color-red-light-color': '#b02525',
    '--mantine-color-yellow-light-color': '#7a4100',
    '--mantine-color-teal-light-color': '#06664a',
    '--coffer-surface': '#ffffff',
    '--coffer-back': '#f6f7fb',
    '--coffer-line': '#e3e6ef',
    '--coffer-hover': '#eef1fa',
    '--coffer-chosen': '#e3e9fd',
    '--coffer-accent': colors.indigo[8],
  },
  dark: {
    '--mantine-color-dimmed': '#adb3c2',
    '--mantine-color-placeholder': '#8f96a8',
    '--mantine-color-error': colors.red[4],
    '--mantine-color-anchor': colors.indigo[3],
    '--mantine-color-body': '#171923',
    '--mantine-color-text': '#e6e8f0',
    '--mantine-color-indigo-light-color': colors.indigo[2],
    '--mantine-color-red-light-color': colors.red[2],
    '--coffer-surface': '#1d202c',
    '--coffer-back': '#14161f',
    '--coffer-line': '#323748',
    '--coffer-hover': '#262a39',
    '--coffer-chosen': '#2b3357',
    '--coffer-accent': colors.indigo[3],
  },
})
