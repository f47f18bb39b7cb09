import { createHash } from 'node:crypto'

const NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'text'],
  [2, 'binary'],
  [9, 'ping'],
  [10, 'pong'],
])

const SHOWN = 48

/** One line for a message or a control frame that came: its content, or the digest of a long one. */
export function describeEvent(opcode: number, payload: Uint8Array): string {
  const name = NAMES.get(opcode) ?? `opcode ${opcode}`
  if (payload.length > SHOWN) {
    const digest = createHash('sha1').update(payload).digest('hex').slice(0, 16)
    return `${name} of ${payload.length} bytes, sha1 ${digest}`
  }
  const hex = Buffer.from(payload).toString('hex')
  return payload.length === 0 ? name : `${name} ${hex}`
}
