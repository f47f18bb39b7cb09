import { describeIssues } from '../lens/issues.ts'
import type { StandardResult, StandardSchemaV1 } from '../lens/standard-schema.ts'
import { asError } from '../protocol/errors/thrown.ts'
import { isPromiseLike } from '../websocket/support/maybe-promise.ts'
import { checkMessages } from './channel/incoming-channel.ts'
import { checkWhole } from './channel/message-frames.ts'
import { handled, refused } from './channel/refused.ts'
import type { ConvertContext, WebsocketContentConverter } from './content-converter.ts'
import { WebsocketConverterNotFoundException, WebsocketDeserializeException } from './errors.ts'
import type { WebSocketSession } from './session.ts'

/**
 * Sends a value as the converter writes it. Rejects, nothing sent, with a `WebsocketConverterNotFoundException` when
 * there is none, and with what the converter throws; as with `send`, a promise that nobody waits for is harmless.
 */
export function sendSerialized(
  session: WebSocketSession,
  converter: WebsocketContentConverter | undefined,
  value: unknown,
  context: ConvertContext,
): Promise<void> {
  try {
    const content = found(converter).serialize(value, context)
    if (!isPromiseLike(content)) return session.send(content)
    return handled(Promise.resolve(content).then((settled) => session.send(settled)))
  } catch (thrown) {
    return refused(thrown)
  }
}

/**
 * The next frame as a value. Without a converter, and in a session of fragments, it rejects before a frame is taken;
 * otherwise the frame is taken, and a `WebsocketDeserializeException` carries it: a frame the converter does not read,
 * content that is malformed, a value that the schema does not take.
 */
export async function receiveDeserialized(
  session: WebSocketSession,
  converter: WebsocketContentConverter | undefined,
  schema: StandardSchemaV1 | undefined,
  context: ConvertContext,
): Promise<unknown> {
  const reader = found(converter)
  const { incoming } = session
  checkMessages(incoming)
  const frame = await incoming.receive()
  let what = 'cannot read the frame'
  let result: StandardResult<unknown>
  try {
    checkWhole(frame)
    if (!reader.isApplicable(frame)) {
      throw new TypeError(`the converter does not read ${frame.type} frames`)
    }
    const value = await reader.deserialize(frame, context)
    if (schema === undefined) return value
    what = 'the schema failed'
    result = await schema['~standard'].validate(value)
  } catch (thrown) {
    const cause = asError(thrown)
    throw new WebsocketDeserializeException(`${what}: ${cause.message}`, frame, { cause })
  }
  const { issues: cause } = result
  if (cause === undefined) return result.value
  const why = `the value does not fit its schema: ${describeIssues(cause)}`
  throw new WebsocketDeserializeException(why, frame, { cause })
}

function found(converter: WebsocketContentConverter | undefined): WebsocketContentConverter {
  if (converter !== undefined) return converter
  throw new WebsocketConverterNotFoundException(
    'no converter was found: give the session, route or client a contentConverter',
  )
}
