import type {
  WebSocketExtension,
  WebSocketExtensionFactory,
} from '../../src/protocol/extension/extension.ts'
import type { Frame } from '../../src/protocol/frame/frame.ts'

/** The sizes of the messages that were compressed, in bytes on the wire, in order. */
export interface Notes {
  readonly incoming: number[]
  readonly outgoing: number[]
}

/** The same extension, writing down what it compressed and what came compressed. */
export function noted<Config>(factory: WebSocketExtensionFactory<Config>): {
  readonly factory: WebSocketExtensionFactory<Config>
  readonly notes: Notes
} {
  const notes: Notes = { incoming: [], outgoing: [] }
  const noting = (extension: WebSocketExtension<Config>): WebSocketExtension<Config> => ({
    name: extension.name,
    config: extension.config,
    processOutgoingFrame(frame: Frame): Frame {
      const processed = extension.processOutgoingFrame(frame)
      if (processed.rsv1) notes.outgoing.push(processed.data.length)
      return processed
    },
    processIncomingFrame(frame: Frame): Frame {
      if (frame.rsv1) notes.incoming.push(frame.data.length)
      return extension.processIncomingFrame(frame)
    },
    close: () => extension.close?.(),
  })
  return {
    notes,
    factory: {
      ...factory,
      accepted(answer, context) {
        const extension = factory.accepted(answer, context)
        return typeof extension === 'string' ? extension : noting(extension)
      },
      negotiate(offers, context) {
        const agreed = factory.negotiate(offers, context)
        return agreed && { answer: agreed.answer, extension: noting(agreed.extension) }
      },
    },
  }
}
