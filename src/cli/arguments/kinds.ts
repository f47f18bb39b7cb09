import { isToken } from '../../protocol/headers/token.ts'
import { pathTemplate } from '../../routing/path-template.ts'
import { isSentOrigin } from '../../websocket/origin-policy.ts'
import { LONGEST_WAIT } from '../../websocket/support/clock.ts'

/** What an option takes. */
export interface Kind<out T> {
  /** Completes 'it must be'. */
  readonly expected: string
  /** `undefined` for what is not one. */
  readonly parse: (text: string) => T | undefined
}

/** A whole number in decimal digits, both bounds included. */
export function integer(
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
  unit = '',
): Kind<number> {
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} up` : `from ${least} to ${most}`
  return {
    expected: `a whole number${unit === '' ? '' : ` of ${unit}`} ${range}`,
    parse(text) {
      const value = /^\d+$/.test(text) ? Number(text) : -1
      return value >= least && value <= most ? value : undefined
    },
  }
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
])

/** Milliseconds that the timers of platforms can wait for, or as many seconds, minutes or hours. */
export function milliseconds(least: number): Kind<number> {
  const { expected, parse } = integer(least, LONGEST_WAIT, 'milliseconds')
  return {
    expected: `${expected}, or with a unit, such as '30s'`,
    parse(text) {
      const [, digits = '', unit = 'ms'] = /^(\d+)(ms|s|m|h)?$/.exec(text) ?? []
      return digits === '' ? undefined : parse(`${Number(digits) * UNITS.get(unit)!}`)
    },
  }
}

/** How often in a second. Decimals are for what happens less often than that. */
export const perSecond: Kind<number> = {
  expected: "a number above 0 and up to 1000000, such as '0.5'",
  parse(text) {
    const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0
    return value > 0 && value <= 1_000_000 ? value : undefined
  },
}

/** `kind`, or a word that stands for a value. */
export function orWord<T>(kind: Kind<T>, word: string, value: T): Kind<T> {
  return {
    expected: `${kind.expected}, or '${word}'`,
    parse: (text) => (text === word ? value : kind.parse(text)),
  }
}

export const notEmpty: Kind<string> = {
  expected: 'something, not nothing',
  parse: (text) => (text === '' ? undefined : text),
}

export const subprotocol: Kind<string> = {
  expected: "one subprotocol, such as 'chat.v1'",
  parse: (text) => (isToken(text) ? text : undefined),
}

export const origin: Kind<string> = {
  expected: "an origin, such as 'https://example.org'",
  parse: (text) => (isSentOrigin(text) ? text : undefined),
}

export const literalPath: Kind<string> = {
  expected: "a path, percent-encoded, such as '/echo'",
  parse(text) {
    try {
      return pathTemplate(text).literal ? text : undefined
    } catch {
      return undefined
    }
  },
}

export const headerField: Kind<readonly [name: string, value: string]> = {
  expected: "a name and a value, such as 'X-User: ann'",
  parse(text) {
    const colon = text.indexOf(':')
    const name = text.slice(0, Math.max(colon, 0))
    return isToken(name) ? [name, text.slice(colon + 1).trim()] : undefined
  },
}
