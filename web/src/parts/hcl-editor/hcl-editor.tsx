import { EditorView } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import { useTexts } from '../../texts/texts.ts'
import classes from './hcl-editor.module.css'
import { type Mark, setMarks } from './marks.ts'
import { editorSetup } from './setup.ts'

type Props = {
  readonly label: string
  readonly value: string
  /** Absent for a text that is only read. */
  readonly change?: (text: string) => void
  readonly marks?: readonly Mark[]
}

/** A text of policies, with colours, proposals and what is wrong with it as it is typed. */
export function HclEditor({ label, value, change, marks }: Props) {
  const { hclEditor: texts } = useTexts()
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const changed = useRef(change)
  changed.current = change
  const readOnly = change === undefined

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is typed later is the editor's own
  useEffect(() => {
    if (place.current === null) return
    const made = new EditorView({
      parent: place.current,
      doc: value,
      extensions: [
        editorSetup({ label, readOnly, texts }),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) changed.current?.(state.doc.toString())
        }),
      ],
    })
    view.current = made
    return () => made.destroy()
  }, [label, readOnly, texts])

  useEffect(() => {
    const { current } = view
    if (current === undefined || current.state.doc.toString() === value) return
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: value } })
  }, [value])

  // biome-ignore lint/correctness/useExhaustiveDependencies: an editor that is made anew has none
  useEffect(() => {
    const { current } = view
    if (current === undefined || marks === undefined) return
    const { doc } = current.state
    const first = marks.find(({ from }) => from <= doc.lines)
    const seen = first && EditorView.scrollIntoView(doc.line(first.from).from, { y: 'nearest', yMargin: 40 })
    current.dispatch({ effects: [setMarks.of(marks), ...(seen === undefined ? [] : [seen])] })
  }, [marks, label, readOnly, texts])

  return <div ref={place} className={classes.editor} />
}
