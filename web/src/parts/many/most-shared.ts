/** Secrets that go into one link or locker. */
export const mostShared = 50
