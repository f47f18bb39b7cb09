import type { PolyHandler, WsHandler } from 'antiphon'
import type { WorkersSocket } from 'antiphon/cloudflare'
import { contractApp, sessionContractApp } from 'antiphon/testing'
import { EXAMPLES } from '../examples.ts'
import { ownApp } from './own-app.ts'

/** What is served on Workers, by name; each call makes one of its own. */
export const APPS: ReadonlyMap<
  string,
  () => PolyHandler<WorkersSocket> | WsHandler<WorkersSocket>
> = new Map([
  ['contract', contractApp],
  ['session', sessionContractApp],
  ['own', ownApp],
  ...EXAMPLES.map(({ name, app }) => [name, app] as const),
])
