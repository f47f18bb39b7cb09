import { readFile } from 'node:fs/promises'
import { decodeUtf8 } from '../../protocol/bytes/utf8.ts'
import { quote } from '../../protocol/errors/quote.ts'
import { WsMessage } from '../../websocket/ws-message.ts'
import { CommandError } from '../arguments/command-error.ts'

/**
 * The message that an argument stands for: itself or, after an `@`, what is in the file of that name. Rejects with a
 * `CommandError` for a file that cannot be read, and for text that is not UTF-8.
 */
export async function givenMessage(argument: string, binary: boolean): Promise<WsMessage> {
  if (!argument.startsWith('@')) return messageOf(new TextEncoder().encode(argument), binary)
  const path = argument.slice(1)
  const bytes = await contentOf(path)
  try {
    return messageOf(bytes, binary)
  } catch (cause) {
    const message = `${quote(path)} is not UTF-8, which text messages must be: send it with --binary`
    throw new CommandError(2, message, { cause })
  }
}

/** All of a file. Rejects with a `CommandError` that says why it cannot be read. */
async function contentOf(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new CommandError(2, `cannot read ${quote(path)}: ${(cause as Error).message}`, { cause })
  }
}

/** With its length, which need then not be measured whenever it is sent. */
function messageOf(bytes: Uint8Array, binary: boolean): WsMessage {
  return WsMessage.received(binary ? bytes : decodeUtf8(bytes), bytes.length)
}
