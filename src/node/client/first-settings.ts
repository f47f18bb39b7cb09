import type { ClientHttp2Session } from 'node:http2'

/** One set of listeners for each session: for more than ten, which wait at the same time, Node warns of a leak. */
const told = new WeakMap<ClientHttp2Session, Promise<void>>()

/**
 * Resolves when the server has told its settings for the first time, and rejects if the session ends before. From then on,
 * errors of the session end no process: its streams tell of them.
 */
export function firstSettings(session: ClientHttp2Session): Promise<void> {
  const known = told.get(session)
  if (known !== undefined) return known
  const settings = new Promise<void>((resolve, reject) => {
    session.once('error', reject)
    session.once('close', () => reject(new Error('the HTTP/2 session was closed')))
    // The server has told its own before it acknowledges ours (RFC 9113, section 3.4).
    if (session.connecting || session.pendingSettingsAck) {
      session.once('localSettings', () => resolve())
    } else {
      resolve()
    }
  })
  told.set(session, settings)
  return settings
}
