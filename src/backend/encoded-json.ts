import { type Json, parseJson } from '../base/json/json.ts'

/** JSON text that is already encoded, so that a stored object reaches the wire without being parsed. */
export class EncodedJson {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toJSON(): Json {
    return parseJson(this.text)
  }
}
