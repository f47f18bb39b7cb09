import type { DeflateTerms } from '../suite/case.ts'
import type { Agreement } from './codec.ts'

/** What a client tester offers for its terms. */
export function offerOf(terms: readonly DeflateTerms[]): string {
  return terms
    .map(({ noContextTakeover, windowBits }) =>
      [
        'permessage-deflate',
        'client_max_window_bits',
        ...(noContextTakeover ? ['client_no_context_takeover', 'server_no_context_takeover'] : []),
        ...(windowBits === 0 ? [] : [`server_max_window_bits=${windowBits}`]),
      ].join('; '),
    )
    .join(', ')
}

/** What a server answered to such an offer; `undefined` when it chose none, or what none of the terms allows. */
export function agreementOf(
  answer: string | undefined,
  terms: readonly DeflateTerms[],
): Agreement | undefined {
  const [name, ...parameters] = (answer ?? '').split(';').map((part) => part.trim())
  if (name !== 'permessage-deflate') return undefined
  const agreed = agreement('client', parametersOf(parameters))
  const { contextTakeover, windowBits } = agreed.peers
  const kept = terms.some(
    (term) =>
      !(term.noContextTakeover && contextTakeover) &&
      (term.windowBits === 0 || windowBits <= term.windowBits),
  )
  return kept ? agreed : undefined
}

/** What a server tester answers to a client's offers, and means by it; `undefined` when no offer allows its terms. */
export function answerTo(
  offers: string | undefined,
  terms: readonly DeflateTerms[],
): { readonly answer: string; readonly agreement: Agreement } | undefined {
  for (const { noContextTakeover, windowBits } of terms) {
    for (const offer of offers?.split(',') ?? []) {
      const [name, ...rest] = offer.split(';').map((part) => part.trim())
      const offered = parametersOf(rest)
      if (name !== 'permessage-deflate') continue
      if (windowBits !== 0 && !offered.has('client_max_window_bits')) continue
      const chosen = new Map<string, string>()
      if (noContextTakeover) chosen.set('client_no_context_takeover', '')
      if (windowBits !== 0) chosen.set('client_max_window_bits', String(windowBits))
      for (const own of ['server_no_context_takeover', 'server_max_window_bits']) {
        const value = offered.get(own)
        if (value !== undefined) chosen.set(own, value)
      }
      const answer = [...chosen].map(([key, value]) => (value === '' ? key : `${key}=${value}`))
      return {
        answer: ['permessage-deflate', ...answer].join('; '),
        agreement: agreement('server', chosen),
      }
    }
  }
  return undefined
}

function agreement(tester: 'client' | 'server', chosen: ReadonlyMap<string, string>): Agreement {
  const direction = (side: 'client' | 'server'): Agreement['own'] => ({
    contextTakeover: !chosen.has(`${side}_no_context_takeover`),
    windowBits: Math.max(9, Number(chosen.get(`${side}_max_window_bits`) || 15)),
  })
  return { own: direction(tester), peers: direction(tester === 'client' ? 'server' : 'client') }
}

function parametersOf(parameters: readonly string[]): Map<string, string> {
  return new Map(
    parameters.map((parameter) => {
      const [name = '', value = ''] = parameter.split('=')
      return [name.trim(), value.trim().replaceAll('"', '')]
    }),
  )
}
