import { CloseReason } from '../protocol/close/reason.ts'

/** The end of a connection that never opened; never sent. */
export const NEVER_CONNECTED: CloseReason = /* @__PURE__ */ new CloseReason(-1, 'Never connected')
