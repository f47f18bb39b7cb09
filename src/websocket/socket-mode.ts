import { MODES, type Mode } from '../protocol/connection/connection-options.ts'

/**
 * What a socket hands over: whole messages; every frame as it is, with nothing answered; or messages as their bytes arrive,
 * in fragments, with control frames answered.
 */
export type SocketMode = Mode | 'fragments'

export const SOCKET_MODES: readonly SocketMode[] = [...MODES, 'fragments']
