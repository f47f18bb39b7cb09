import { quote } from '../../protocol/errors/quote.ts'
import { asError } from '../../protocol/errors/thrown.ts'
import { WsMessage } from '../../websocket/ws-message.ts'
import { markOf, opened, sealed } from '../envelope.ts'
import type { Member } from '../member.ts'
import type { Report } from '../report.ts'
import { Marks } from './marks.ts'
import type { LogEntry } from './topic-log.ts'

/** Makes what is sent of what was published: `(id, message) => headline.create({ id, ...news(message) })`. */
export type WithEntryId = (id: string, message: WsMessage) => WsMessage | string | Uint8Array

/** A message as an entry of a log has it. */
export interface PublishedEntry {
  readonly message: WsMessage
  /** Who does not get it. */
  readonly except: Member | undefined
}

/** Makes payloads of messages, and messages of entries. */
export class EntryCodec {
  readonly #withId: WithEntryId | undefined
  readonly #report: Report
  readonly #marks = new Marks()

  constructor(withId: WithEntryId | undefined, report: Report) {
    this.#withId = withId
    this.#report = report
  }

  seal(message: WsMessage, except: Member | undefined): Uint8Array<ArrayBuffer> {
    return sealed(message, except?.open ? this.#marks.of(except) : undefined)
  }

  /** `undefined` for what is no message, which is reported. */
  open(topic: string, { id, payload }: LogEntry): PublishedEntry | undefined {
    try {
      const except = this.#marks.memberOf(markOf(payload))
      return { message: this.#made(id, opened(payload)), except }
    } catch (cause) {
      const what = `the entry ${quote(id)} of the topic ${quote(topic)} is no message`
      this.#report(new TypeError(`${what}: ${asError(cause).message}`, { cause }))
      return undefined
    }
  }

  #made(id: string, message: WsMessage): WsMessage {
    if (this.#withId === undefined) return message
    const made = this.#withId(id, message)
    return made instanceof WsMessage ? made : WsMessage.of(made)
  }
}
