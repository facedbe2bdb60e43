declare const brand: unique symbol

/** A string (or other value) that must not be mixed up with its like, such as a token with its accessor. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }
