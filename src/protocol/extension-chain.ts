import type { WebSocketExtension } from './extension.ts'
import type { Frame } from './frame.ts'

/** A message on its way out, through the extensions in the order of negotiation. */
export function outgoing(extensions: readonly WebSocketExtension[], message: Frame): Frame {
  return extensions.reduce((frame, extension) => extension.processOutgoingFrame(frame), message)
}

/** A message on its way in, through the extensions in reverse: the last to pack it unpacks it first. */
export function incoming(extensions: readonly WebSocketExtension[], message: Frame): Frame {
  return extensions.reduceRight(
    (frame, extension) => extension.processIncomingFrame(frame),
    message,
  )
}
