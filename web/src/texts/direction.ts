/** In which direction a language is written. */
export type Direction = 'ltr' | 'rtl'
