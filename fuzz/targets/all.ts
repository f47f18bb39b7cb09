import type { Target } from '../target.ts'
import { closePayload } from './close-payload.ts'
import { connection } from './connection.ts'
import { extensionHeader } from './extension-header.ts'
import { frameParser } from './frame-parser.ts'
import { httpHead } from './http-head.ts'
import { inflate } from './inflate.ts'
import { serverHandshake } from './server-handshake.ts'

export const targets: readonly Target[] = [
  frameParser,
  connection('server'),
  connection('client'),
  closePayload,
  serverHandshake,
  extensionHeader,
  httpHead,
  inflate,
]
