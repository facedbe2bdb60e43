declare const __VERSION__: string
declare module 'virtual:theme.css'
