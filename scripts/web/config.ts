import { readFileSync } from 'node:fs'
import {
  convertCssVariables,
  DEFAULT_THEME,
  defaultCssVariablesResolver,
  mergeMantineTheme,
} from '@mantine/core'
import react from '@vitejs/plugin-react'
import type { InlineConfig, Plugin, Rolldown } from 'vite'
import { theme, variables } from '../../web/src/app/theme.ts'
import { distFolder, root, webFolder } from './folders.ts'

/**
 * The theme as a style sheet. Mantine would write it into the page as the page runs, which a strict
 * Content-Security-Policy refuses.
 */
function themeSheet(): Plugin {
  const name = 'virtual:theme.css'
  const id = `\0${name}`
  return {
    name: 'theme-sheet',
    resolveId: (source) => (source === name ? id : undefined),
    load: (loaded) => (loaded === id ? themeText() : undefined),
  }
}

function themeText(): string {
  const merged = mergeMantineTheme(DEFAULT_THEME, theme)
  const own = variables(merged)
  const all = defaultCssVariablesResolver(merged)
  return convertCssVariables({
    variables: { ...all.variables, ...own.variables },
    light: { ...all.light, ...own.light },
    dark: { ...all.dark, ...own.dark },
  })
}

/** Names the part of what the page begins with and cannot do without; what it loads later is not in it. */
function firstName(): (id: string, graph: Rolldown.ChunkingContext) => string | null {
  let first: Set<string> | undefined
  return (id, graph) => {
    if (first === undefined) {
      first = new Set()
      const left = [`${webFolder}/index.html`]
      for (let one = left.pop(); one !== undefined; one = left.pop()) {
        if (first.has(one)) continue
        first.add(one)
        left.push(...(graph.getModuleInfo(one)?.importedIds ?? []))
      }
    }
    return first.has(id) ? 'first' : null
  }
}

const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }

/** How the page is built; `vite` takes it for its own server as well. */
export const webConfig = (): InlineConfig => ({
  configFile: false,
  root: webFolder,
  base: '/ui/',
  logLevel: 'warn',
  plugins: [react(), themeSheet()],
  define: { __VERSION__: JSON.stringify(version) },
  build: {
    manifest: true,
    outDir: distFolder,
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
    sourcemap: false,
    rolldownOptions: {
      output: {
        // One file in place of fifty: on a slow line each costs as much as its bytes.
        codeSplitting: {
          groups: [{ debugName: 'first', name: firstName() }],
        },
      },
    },
  },
})
