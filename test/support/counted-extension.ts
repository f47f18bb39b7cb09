import type {
  WebSocketExtension,
  WebSocketExtensionFactory,
} from '../../src/protocol/extension/extension.ts'

/** An extension that changes nothing, claims RSV2, and counts how many of it were made and are not closed. */
export class CountedExtension implements WebSocketExtensionFactory<undefined> {
  readonly name = 'x-counted'
  readonly config = undefined
  readonly reserved = { rsv1: false, rsv2: true, rsv3: false }
  made = 0
  open = 0

  offers(): { name: string; parameters: [] }[] {
    return [{ name: this.name, parameters: [] }]
  }

  accepted(answer: {
    readonly parameters: readonly unknown[]
  }): WebSocketExtension<undefined> | string {
    return answer.parameters.length === 0 ? this.#make() : 'the answer has parameters'
  }

  negotiate(): {
    answer: { name: string; parameters: [] }
    extension: WebSocketExtension<undefined>
  } {
    return { answer: { name: this.name, parameters: [] }, extension: this.#make() }
  }

  #make(): WebSocketExtension<undefined> {
    this.made++
    this.open++
    return {
      name: this.name,
      config: undefined,
      processOutgoingFrame: (frame) => frame,
      processIncomingFrame: (frame) => frame,
      close: () => {
        this.open--
      },
    }
  }
}
