import { deflate, perMessageDeflate } from './permessage-deflate.ts'

/** The extensions that come with the library. These two share one token: configure one of them. */
export const WebSocketExtensions: {
  /** permessage-deflate for every message. */
  readonly deflate: typeof deflate
  /** permessage-deflate for messages of more than `compressIfBiggerThan` bytes. */
  readonly perMessageDeflate: typeof perMessageDeflate
} = { deflate, perMessageDeflate }
