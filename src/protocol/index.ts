import * as Opcode from './frame/opcodes.ts'

export type { ByteOutput } from './bytes/byte-output.ts'
export type { BytesHolder, HeldBytes, HeldPieces } from './bytes/held-bytes.ts'
export { applyMask, freshMaskKey, rotateKey } from './bytes/mask.ts'
export { type ProtocolPorts, portablePorts } from './bytes/ports.ts'
export { Utf8Validator } from './bytes/utf8-validator.ts'
export type {
  Deflater,
  DeflaterOptions,
  Inflater,
  InflaterOptions,
  ZlibPort,
} from './bytes/zlib-port.ts'
export { closeCodeProblem, isValidCloseCode } from './close/close-code.ts'
export { CloseReason } from './close/close-reason.ts'
export type { CloseRecord } from './close/close-record.ts'
export type { CloseCodeName } from './close/reason.ts'
export type { Violation } from './close/violation.ts'
export { Connection } from './connection/connection.ts'
export type { ConnectionOptions, Mode, Role } from './connection/connection-options.ts'
export type { ConnectionSink } from './connection/connection-sink.ts'
export type {
  CompressPredicate,
  DeflateConfig,
  PerMessageDeflateConfig,
} from './deflate/deflate-config.ts'
export { deflate, perMessageDeflate } from './deflate/permessage-deflate.ts'
export { WebSocketExtensions } from './deflate/web-socket-extensions.ts'
export {
  type ExtensionContext,
  ExtensionFailure,
  type ReservedBits,
  type WebSocketExtension,
  type WebSocketExtensionFactory,
} from './extension/extension.ts'
export { reservedBits } from './extension/reserved-bits.ts'
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
} from './frame/frame.ts'
export { encodeFrame } from './frame/frame-header.ts'
export { FrameParser, type FrameParserOptions } from './frame/frame-parser.ts'
export { FrameType } from './frame/frame-type.ts'
export { CLIENT_LIMITS, type ConnectionLimits, SERVER_LIMITS } from './frame/limits.ts'
export type { DataOpcode } from './frame/opcode.ts'
export { Serializer } from './frame/serializer.ts'
export { SimpleFrameCollector } from './frame/simple-frame-collector.ts'
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
export {
  type ExtensionHeader,
  type ExtensionParameter,
  formatExtensions,
  parseExtensions,
} from './headers/extension-header.ts'
export type { HeaderField, HeadersInput } from './headers/header-field.ts'

export { Opcode }
