import type { Frame } from '../../src/protocol/frame/frame.ts'
import { hex } from './hex.ts'

/** All that a frame says, in one line. */
export function showFrame(frame: Frame): string {
  const { type, fin, rsv1, rsv2, rsv3, data } = frame
  const bits = [rsv1, rsv2, rsv3].map(Number).join('')
  return `${type} fin=${fin} rsv=${bits} ${hex(data)}`.trimEnd()
}
