/** A time in milliseconds since 1970 as answers show it (RFC 3339). */
export const timeText = (milliseconds: number): string => new Date(milliseconds).toISOString()
