import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  snippetCompletion,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language'
import { linter, lintGutter, lintKeymap } from '@codemirror/lint'
import { EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import type { Section } from '../../texts/shape.ts'
import { faultsIn } from './faults.ts'
import { hcl, hclColours } from './language.ts'
import { markedRules } from './marks.ts'
import { proposalsAt } from './proposals.ts'

type Options = {
  readonly label: string
  readonly readOnly: boolean
  readonly texts: Section<'policies'>['hclEditor']
}

/** Everything that an editor of policies has. Tab leaves it, as any other field. */
export function editorSetup({ label, readOnly, texts }: Options): Extension {
  return [
    EditorView.cspNonce.of(styleNonce()),
    EditorState.phrases.of({ ...texts.phrases }),
    EditorState.readOnly.of(readOnly),
    EditorView.contentAttributes.of({ 'aria-label': label, ...(readOnly && { 'aria-readonly': 'true' }) }),
    EditorView.lineWrapping,
    lineNumbers(),
    history(),
    bracketMatching(),
    closeBrackets(),
    indentOnInput(),
    indentUnit.of('  '),
    hcl,
    hclColours,
    markedRules,
    autocompletion({ override: [complete], icons: false }),
    linter(
      ({ state }) =>
        faultsIn(state.doc.toString(), texts.doubts).map(({ text, ...fault }) => ({
          ...fault,
          message: text,
        })),
      { delay: 300 },
    ),
    lintGutter(),
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      ...completionKeymap,
      ...lintKeymap,
    ]),
  ]
}

/** What the page's policy lets styles by script have; of the answer that the page came with. */
const styleNonce = () => document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.nonce ?? ''

const newRule = snippetCompletion('path "#{path}" {\n  capabilities = ["#{read}"]\n}', {
  label: 'path',
  detail: '{ … }',
})

function complete({ state, pos, explicit }: CompletionContext): CompletionResult | null {
  const found = proposalsAt(state.sliceDoc(Math.max(0, pos - 4000), pos))
  if (found === undefined || (found.typed === 0 && !explicit && found.kind !== 'template')) return null
  const options =
    found.kind === 'rule' ? [newRule] : found.names.map((label) => ({ label, type: found.kind }))
  // A closing quote was typed along with the opening one.
  const to = found.kind === 'capability' && state.sliceDoc(pos, pos + 1) === '"' ? pos + 1 : pos
  return { from: pos - found.typed, to, options }
}
