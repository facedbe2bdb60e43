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
    current.dispatch({ effects: setMarks.of(marks) })
    const [first] = marks
    if (first !== undefined) showLine(current, first.from)
  }, [marks, label, readOnly, texts])

  return <div ref={place} className={classes.editor} />
}

/** Scrolls the text alone, not what the editor lies in, which somebody is looking at. */
function showLine(view: EditorView, line: number): void {
  const { state, scrollDOM } = view
  if (line > state.doc.lines) return
  const { top, bottom } = view.lineBlockAt(state.doc.line(line).from)
  const isSeen = top >= scrollDOM.scrollTop && bottom <= scrollDOM.scrollTop + scrollDOM.clientHeight
  if (!isSeen) scrollDOM.scrollTop = Math.max(0, top - 40)
}
