/** Of one message, in bytes, for all implementations under test: as much as the largest case sends. */
export const MAX_MESSAGE = 16 * 1024 * 1024
