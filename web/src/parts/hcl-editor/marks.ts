import { type Extension, StateEffect, StateField } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view'

/** Lines of a text, counted from 1, that are set apart. */
export type Mark = { readonly from: number; readonly to: number; readonly kind: 'decides' | 'overruled' }

/** Sets the marks in place of those that were there. */
export const setMarks = StateEffect.define<readonly Mark[]>()

const field = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, { changes, effects, state }) {
    const set = effects.findLast((effect) => effect.is(setMarks))
    if (set === undefined) return marks.map(changes)
    const lines = (set.value as readonly Mark[]).flatMap(({ from, to, kind }) =>
      Array.from({ length: Math.max(0, Math.min(to, state.doc.lines) - from + 1) }, (_, i) => ({
        at: state.doc.line(from + i).from,
        kind,
      })),
    )
    return Decoration.set(
      lines.map(({ at, kind }) => Decoration.line({ class: `hcl-${kind}` }).range(at)),
      true,
    )
  },
  provide: (of) => EditorView.decorations.from(of),
})

export const markedRules: Extension = field
