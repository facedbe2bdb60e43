/** Whether a value is the address of a one-time code, right or not. */
export const isTotp = (value: string): boolean => /^otpauth:\/\//i.test(value)
