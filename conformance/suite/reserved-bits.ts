import type { Case, Step } from './case.ts'
import { binary, CLOSE, fails, frame, more, PING, ping, text, textEcho } from './steps.ts'

const HELLO = 'Hello, world!'

/** A text, then the same with reserved bits, then a Ping that must not be answered. */
function afterText(rsv: number): Pick<Case, 'send' | 'expect'> {
  return {
    send: [text(HELLO), text(HELLO, { rsv }), ping()],
    expect: fails(1002, [textEcho(HELLO)], [[]]),
  }
}

const first = (title: string, step: Step): Pick<Case, 'title' | 'send' | 'expect'> => ({
  title,
  send: [step],
  expect: fails(1002),
})

const all: readonly Pick<Case, 'title' | 'send' | 'expect' | 'chop' | 'own'>[] = [
  first('a text with RSV3', text(HELLO, { rsv: 1 })),
  { title: 'a text, then one with RSV2', ...afterText(2) },
  { title: 'a text, then one with RSV2 and RSV3, by frames', chop: 'frames', ...afterText(3) },
  { title: 'a text, then one with RSV1, octet by octet', chop: 1, ...afterText(4) },
  first('a binary with RSV1 and RSV3', binary(HELLO, { rsv: 5 })),
  first('a Ping with RSV1 and RSV2', frame(PING, HELLO, { rsv: 6 })),
  first('a Close with all three', frame(CLOSE, '', { rsv: 7 })),
  {
    title: 'a continuation with RSV1',
    own: true,
    send: [text('a', { fin: false }), more('b', { rsv: 4 })],
    expect: fails(1002),
  },
]

/** 3: reserved bits that no extension gave a meaning. */
export const reservedBits: readonly Case[] = all.map((test, i) => ({
  id: `3.${i + 1}`,
  rfc: '5.2',
  ...test,
}))
