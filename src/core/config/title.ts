const longest = 80

/** Whether a text can be shown to people as the name of something: one line, and none that turns what is around it. */
export const isTitle = (text: string): boolean =>
  text.trim() !== '' && text.length <= longest && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)

export const titleRule = (what: string): string =>
  `${what} must be a line of 1 to ${longest} characters, without any that are not seen`
