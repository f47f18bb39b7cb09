import type { ExtensionHeader } from '../headers/extension-header.ts'
import { MAX_WINDOW_BITS, type ResolvedDeflateConfig } from './deflate-config.ts'
import {
  badWindowBits,
  type DeflateParameters,
  readDeflateParameters,
  writeDeflateParameters,
} from './deflate-parameters.ts'

/**
 * zlib has no raw compressor of 8 bits, and some clients that offer to be limited take an answer of 8 for an error: only
 * a client that offers 8 itself gets it.
 */
const MIN_COMPRESSOR_BITS = 9

/** What both ends hold to on one connection (RFC 7692, section 7.1). */
export interface DeflateAgreement {
  readonly serverMaxWindowBits: number
  readonly clientMaxWindowBits: number
  readonly serverNoContextTakeover: boolean
  readonly clientNoContextTakeover: boolean
}

interface DeflateAnswer extends DeflateParameters {
  readonly clientMaxWindowBits: number | undefined
}

/** A server's choice, the first offer it can accept; `undefined` declines them all. */
export function chooseDeflateOffer(
  offers: readonly ExtensionHeader[],
  config: ResolvedDeflateConfig,
): { readonly answer: ExtensionHeader; readonly agreement: DeflateAgreement } | undefined {
  for (const offer of offers) {
    const asked = readDeflateParameters(offer)
    if (typeof asked === 'string') continue // section 7: a server declines what it does not understand
    const answer = answerTo(asked, config)
    if (answer !== undefined) {
      return { answer: writeDeflateParameters(answer), agreement: agreementOf(answer) }
    }
  }
  return undefined
}

/** A client's offers. The second is for servers that cannot do what the first asks of them. */
export function deflateOffers(config: ResolvedDeflateConfig): readonly ExtensionHeader[] {
  const plain: DeflateParameters = {
    serverNoContextTakeover: false,
    clientNoContextTakeover: config.clientNoContextTakeover ?? false,
    serverMaxWindowBits: undefined,
    // Without this parameter a server may not limit the client's window (section 7.1.2.2).
    clientMaxWindowBits: belowMax(config.clientMaxWindowBits) ?? true,
  }
  const wish: DeflateParameters = {
    ...plain,
    serverNoContextTakeover: config.serverNoContextTakeover ?? false,
    serverMaxWindowBits: belowMax(config.serverMaxWindowBits),
  }
  const wishes = wish.serverNoContextTakeover || wish.serverMaxWindowBits !== undefined
  return (wishes ? [wish, plain] : [plain]).map(writeDeflateParameters)
}

/** A client's reading of the server's answer to those offers; a string says why it is not acceptable. */
export function readDeflateAnswer(
  header: ExtensionHeader,
  config: ResolvedDeflateConfig,
): DeflateAgreement | string {
  const answer = readDeflateParameters(header)
  if (typeof answer === 'string') return answer
  const { clientMaxWindowBits = config.clientMaxWindowBits } = answer
  if (clientMaxWindowBits === true) return badWindowBits('client_max_window_bits', undefined)
  // Both server parameters may come unasked (sections 7.1.1.1 and 7.1.2.1), and the plain offer asks for neither:
  // whatever the answer says of them, it accepts one of the offers.
  return agreementOf({
    ...answer,
    // Some servers answer with more than was offered: it is a limit, so the client keeps to its own (section 7.1.2.2).
    clientMaxWindowBits: Math.min(clientMaxWindowBits, config.clientMaxWindowBits),
    clientNoContextTakeover:
      answer.clientNoContextTakeover || (config.clientNoContextTakeover ?? false),
  })
}

function answerTo(
  asked: DeflateParameters,
  config: ResolvedDeflateConfig,
): DeflateAnswer | undefined {
  const { serverNoContextTakeover = true, clientNoContextTakeover = true } = config
  const serverBits = Math.min(
    config.serverMaxWindowBits,
    asked.serverMaxWindowBits ?? MAX_WINDOW_BITS,
  )
  const mostClientBits = Math.max(config.clientMaxWindowBits, MIN_COMPRESSOR_BITS)
  let clientBits: number | undefined
  if (asked.clientMaxWindowBits === undefined) {
    // The answer may not name what the offer did not (section 7.1.2.2), so this client cannot be limited.
    if (mostClientBits < MAX_WINDOW_BITS) return undefined
  } else if (asked.clientMaxWindowBits === true) {
    clientBits = belowMax(mostClientBits)
  } else {
    clientBits = Math.min(mostClientBits, asked.clientMaxWindowBits)
  }
  return {
    serverNoContextTakeover: serverNoContextTakeover || asked.serverNoContextTakeover,
    clientNoContextTakeover: clientNoContextTakeover || asked.clientNoContextTakeover,
    // A limit that was asked for is accepted by naming it, the largest too (section 7.1.2.1).
    serverMaxWindowBits:
      asked.serverMaxWindowBits === undefined ? belowMax(serverBits) : serverBits,
    clientMaxWindowBits: clientBits,
  }
}

function agreementOf(answer: DeflateAnswer): DeflateAgreement {
  return {
    ...answer,
    serverMaxWindowBits: answer.serverMaxWindowBits ?? MAX_WINDOW_BITS,
    clientMaxWindowBits: answer.clientMaxWindowBits ?? MAX_WINDOW_BITS,
  }
}

/** The value of the parameter: the largest window is the default, and left out. */
function belowMax(windowBits: number): number | undefined {
  return windowBits < MAX_WINDOW_BITS ? windowBits : undefined
}
