import type { Capability, EngineTraits } from '../websocket/capability.ts'
import { NotSupportedException } from '../websocket/errors.ts'
import type { FrameSocket } from '../websocket/frame-socket.ts'
import type { WsResponse } from '../websocket/ws-handler.ts'
import { OPTION_NEEDS, type OptionNeeds, type WebSockets } from './web-sockets.ts'

/** Throws for an option that needs what the engine lacks: not every configuration is type-checked. */
export function checkOptionNeeds(options: WebSockets, { name, lacks }: EngineTraits): void {
  for (const [option, need] of Object.entries(OPTION_NEEDS)) {
    if (!lacks.includes(need) || options[option as keyof OptionNeeds] === undefined) continue
    throw new NotSupportedException(`${name} has no ${need}: leave out the option ${option}`)
  }
}

/** Throws for an accepted upgrade that needs what the engine lacks: not every application is type-checked. */
export function checkNeeds(
  { mode, limits = {} }: WsResponse<FrameSocket>,
  engine: EngineTraits,
): void {
  const lacks = (capability: Capability): boolean => engine.lacks.includes(capability)
  const refuseTo = (what: string): never => {
    throw new NotSupportedException(`${engine.name} has no ${what}`)
  }
  if (mode === 'frames' && lacks('frames')) refuseTo("frames: accept(consumer, { mode: 'frames' })")
  if (limits.maxFrameSize !== undefined && lacks('frameLimits')) {
    refuseTo('frameLimits: accept(consumer, { limits: { maxFrameSize } })')
  }
  if (limits.maxBufferedAmount !== undefined && lacks('bufferedAmount')) {
    refuseTo('bufferedAmount: accept(consumer, { limits: { maxBufferedAmount } })')
  }
}
