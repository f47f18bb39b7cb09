import type { PolyHandler, WsHandler } from 'antiphon'
import type { WorkersSocket } from 'antiphon/cloudflare'
import { contractApp, sessionContractApp } from 'antiphon/testing'
import { EXAMPLES } from '../examples.ts'

/** What is served on Workers, by name; each call makes one of its own. */
export const APPS: ReadonlyMap<
  string,
  () => PolyHandler<WorkersSocket> | WsHandler<WorkersSocket>
> = new Map([
  ['contract', contractApp],
  ['session', sessionContractApp],
  ...EXAMPLES.map(({ name, app }) => [name, app] as const),
])
