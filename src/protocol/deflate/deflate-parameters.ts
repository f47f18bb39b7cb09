import { quote } from '../errors/quote.ts'
import type { ExtensionHeader, ExtensionParameter } from '../headers/extension-header.ts'

/** The token that names the extension (RFC 7692, section 7). */
export const PERMESSAGE_DEFLATE = 'permessage-deflate'

const SERVER_NO_CONTEXT_TAKEOVER = 'server_no_context_takeover'
const CLIENT_NO_CONTEXT_TAKEOVER = 'client_no_context_takeover'
const SERVER_MAX_WINDOW_BITS = 'server_max_window_bits'
const CLIENT_MAX_WINDOW_BITS = 'client_max_window_bits'

/** An offer or an answer as it was written (RFC 7692, section 7.1). */
export interface DeflateParameters {
  readonly serverNoContextTakeover: boolean
  readonly clientNoContextTakeover: boolean
  readonly serverMaxWindowBits: number | undefined
  /** `true` for the parameter without a value, which only an offer may have. */
  readonly clientMaxWindowBits: number | true | undefined
}

/** Reads an offer or an answer. A string names the parameter that is unknown, given twice, or has a wrong value. */
export function readDeflateParameters(header: ExtensionHeader): DeflateParameters | string {
  const seen = new Set<string>()
  let serverMaxWindowBits: number | undefined
  let clientMaxWindowBits: number | true | undefined
  for (const { name, value } of header.parameters) {
    if (seen.has(name)) return `the parameter ${quote(name)} is given twice`
    seen.add(name)
    switch (name) {
      case SERVER_NO_CONTEXT_TAKEOVER:
      case CLIENT_NO_CONTEXT_TAKEOVER:
        if (value !== undefined) return `${name} takes no value, it has ${quote(value)}`
        break
      case SERVER_MAX_WINDOW_BITS:
        serverMaxWindowBits = windowBits(value)
        if (serverMaxWindowBits === undefined) return badWindowBits(name, value)
        break
      case CLIENT_MAX_WINDOW_BITS:
        clientMaxWindowBits = value === undefined ? true : windowBits(value)
        if (clientMaxWindowBits === undefined) return badWindowBits(name, value)
        break
      default:
        return `the parameter ${quote(name)} is not one of permessage-deflate (RFC 7692, section 7.1)`
    }
  }
  return {
    serverNoContextTakeover: seen.has(SERVER_NO_CONTEXT_TAKEOVER),
    clientNoContextTakeover: seen.has(CLIENT_NO_CONTEXT_TAKEOVER),
    serverMaxWindowBits,
    clientMaxWindowBits,
  }
}

/** Writes an offer or an answer. */
export function writeDeflateParameters(parameters: DeflateParameters): ExtensionHeader {
  const written: ExtensionParameter[] = []
  const write = (name: string, value: number | boolean | undefined): void => {
    if (value === undefined || value === false) return
    written.push({ name, value: value === true ? undefined : String(value) })
  }
  write(SERVER_NO_CONTEXT_TAKEOVER, parameters.serverNoContextTakeover)
  write(CLIENT_NO_CONTEXT_TAKEOVER, parameters.clientNoContextTakeover)
  write(SERVER_MAX_WINDOW_BITS, parameters.serverMaxWindowBits)
  write(CLIENT_MAX_WINDOW_BITS, parameters.clientMaxWindowBits)
  return { name: PERMESSAGE_DEFLATE, parameters: written }
}

/** A decimal from 8 to 15 without leading zeros (RFC 7692, section 7.1.2). */
function windowBits(value: string | undefined): number | undefined {
  return value !== undefined && /^(?:[89]|1[0-5])$/.test(value) ? Number(value) : undefined
}

export function badWindowBits(name: string, value: string | undefined): string {
  const got = value === undefined ? 'has none' : `has ${quote(value)}`
  return `${name} takes a value from 8 to 15, it ${got}`
}
