import { inflateRawSync } from 'node:zlib'
import { type Case, compresses } from '../case.ts'
import type { FrameCounter } from './frame-counter.ts'

const SYNC = Buffer.from('0000ffff', 'hex')

/** What is offered says how the server compresses: RFC 7692, section 7.1. */
export function offerOf({ workload, takeover }: Case): string | undefined {
  if (!compresses(workload)) return undefined
  return takeover
    ? 'permessage-deflate'
    : 'permessage-deflate; server_no_context_takeover; client_no_context_takeover'
}

/** The content of the first message that came, inflated if need be; `undefined` before one did. */
export function firstOf({ first, firstOctet }: FrameCounter): Buffer | undefined {
  const compressed = first !== undefined && (firstOctet & 0x40) !== 0
  return compressed ? inflateRawSync(Buffer.concat([first, SYNC]), { finishFlush: 2 }) : first
}
