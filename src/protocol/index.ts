import * as Opcode from './opcodes.ts'

export type { ByteOutput } from './byte-output.ts'
export { closeCodeProblem, isValidCloseCode } from './close-code.ts'
export { CloseReason } from './close-reason.ts'
export type { CloseRecord } from './close-record.ts'
export { Connection } from './connection.ts'
export type { ConnectionOptions, Mode, Role } from './connection-options.ts'
export type { ConnectionSink } from './connection-sink.ts'
export type {
  CompressPredicate,
  DeflateConfig,
  PerMessageDeflateConfig,
} from './deflate/deflate-config.ts'
export { deflate, perMessageDeflate } from './deflate/permessage-deflate.ts'
export {
  type ExtensionContext,
  ExtensionFailure,
  type ReservedBits,
  type WebSocketExtension,
  type WebSocketExtensionFactory,
} from './extension.ts'
export {
  type ExtensionHeader,
  type ExtensionParameter,
  formatExtensions,
  parseExtensions,
} from './extension-header.ts'
export {
  BinaryFrame,
  CloseFrame,
  Frame,
  PingFrame,
  PongFrame,
  readBytes,
  readReason,
  readText,
  TextFrame,
} from './frame.ts'
export { encodeFrame } from './frame-header.ts'
export { FrameParser, type FrameParserOptions } from './frame-parser.ts'
export { FrameType } from './frame-type.ts'
export { acceptKey, isValidKey, newKey } from './handshake/accept-key.ts'
export {
  type ClientHandshake,
  type ClientHandshakeOptions,
  clientHandshake,
  formatRequest,
  type HandshakeResponse,
  type UpgradeVerification,
  verifyUpgrade,
} from './handshake/client-handshake.ts'
export type { HeaderField, HeadersInput } from './handshake/header-field.ts'
export {
  type HeadProblem,
  type ResponseHead,
  ResponseHeadParser,
} from './handshake/http-head.ts'
export {
  acceptExtensions,
  checkExtensionConflicts,
  type Negotiation,
  negotiateExtensions,
} from './handshake/negotiation.ts'
export { isSameOrigin } from './handshake/origin.ts'
export {
  checkUpgrade,
  formatResponse,
  type HandshakeRequest,
  isUpgrade,
  type RefusedUpgrade,
  type UpgradeAnswer,
  type UpgradeCheck,
  upgradeHeaders,
  type ValidUpgrade,
} from './handshake/server-handshake.ts'
export type { BytesHolder, HeldBytes, HeldPieces } from './held-bytes.ts'
export { CLIENT_LIMITS, type ConnectionLimits, SERVER_LIMITS } from './limits.ts'
export { applyMask, freshMaskKey, rotateKey } from './mask.ts'
export type { DataOpcode } from './opcode.ts'
export { type ProtocolPorts, portablePorts } from './ports.ts'
export type { CloseCodeName } from './reason.ts'
export { reservedBits } from './reserved-bits.ts'
export { Serializer } from './serializer.ts'
export { SimpleFrameCollector } from './simple-frame-collector.ts'
export { Utf8Validator } from './utf8-validator.ts'
export type { Violation } from './violation.ts'
export { WebSocketExtensions } from './web-socket-extensions.ts'
export type { Deflater, DeflaterOptions, Inflater, InflaterOptions, ZlibPort } from './zlib-port.ts'

export { Opcode }
