import type { Capability, EngineTraits } from '../websocket/capability.ts'
import { NotSupportedException } from '../websocket/errors.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import type { WsResponse } from '../websocket/ws-handler.ts'
import { OPTION_NEEDS, type OptionNeeds, type WebSockets } from './web-sockets.ts'

/** Throws for an option that needs what the engine lacks: not every configuration is type-checked. */
export function checkOptionNeeds(
  options: Pick<WebSockets, keyof OptionNeeds>,
  engine: EngineTraits,
  advice = (option: string) => `leave out the option ${option}`,
): void {
  for (const [option, need] of Object.entries(OPTION_NEEDS)) {
    if (options[option as keyof OptionNeeds] !== undefined) checkNeed(need, engine, advice(option))
  }
}

/** Throws for an accepted upgrade that needs what the engine lacks: not every application is type-checked. */
export function checkNeeds(
  { mode, limits = {} }: WsResponse<FrameSocket>,
  engine: EngineTraits,
): void {
  if (mode !== 'messages') checkNeed('frames', engine, `accept(consumer, { mode: '${mode}' })`)
  checkOptionNeeds(limits, engine, (limit) => `accept(consumer, { limits: { ${limit} } })`)
}

function checkNeed(need: Capability, { name, lacks }: EngineTraits, advice: string): void {
  if (lacks.includes(need)) throw new NotSupportedException(`${name} has no ${need}: ${advice}`)
}
