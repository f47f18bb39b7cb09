/** Why reading is held: by the user through the link, or by a full inbox. A bit each, since both may apply. */
export const Hold = { LINK: 1, INBOX: 2 } as const
