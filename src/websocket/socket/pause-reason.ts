/** Why reading is paused: by the user through the link, or by a full inbox. A bit each, since both may apply. */
export const PauseReason = { LINK: 1, INBOX: 2 } as const
