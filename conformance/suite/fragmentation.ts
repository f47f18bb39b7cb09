import type { Case, Step } from './case.ts'
import {
  BINARY,
  binary,
  binaryEcho,
  fails,
  fragments,
  heard,
  hears,
  hex,
  more,
  ping,
  pong,
  pongOf,
  TEXT,
  text,
  textEcho,
} from './steps.ts'

const FIRST = text('fragment1', { fin: false })
const LAST = more('fragment2')
const WHOLE = textEcho('fragment1fragment2')
const PING = ping('ping payload')

type Test = Pick<Case, 'title' | 'send' | 'expect' | 'chop' | 'own'>

/** The same in one piece, by frames, and octet by octet. */
function inThreeWays(title: string, send: readonly Step[], expect: Case['expect']): Test[] {
  return [
    { title, send, expect },
    { title: `${title}, by frames`, send, expect, chop: 'frames' },
    { title: `${title}, octet by octet`, send, expect, chop: 1 },
  ]
}

const nothingToContinue = (fin: boolean): readonly Step[] => [
  more('non-continuation payload', { fin }),
  text('Hello, world!'),
]

/** A continuation of nothing, then a text in two fragments, twice. */
const strayThenText = (fin: boolean): readonly Step[] =>
  [0, 1].flatMap(() => [
    more('fragment1', { fin }),
    text('fragment2', { fin: false }),
    more('fragment3'),
  ])

/** Five fragments and two Pings; the first Pong must come before the rest is sent. */
const pingedFragments: readonly Step[] = [
  text('fragment1', { fin: false }),
  more('fragment2', { fin: false }),
  ping('pongme 1!'),
  heard(1),
  more('fragment3', { fin: false }),
  more('fragment4', { fin: false }),
  ping('pongme 2!'),
  more('fragment5'),
]
const pingedEcho = hears(
  pongOf('pongme 1!'),
  pongOf('pongme 2!'),
  textEcho('fragment1fragment2fragment3fragment4fragment5'),
)

const all: readonly Test[] = [
  {
    title: 'a Ping in two fragments',
    send: [ping('fragment1', { fin: false }), more('fragment2')],
    expect: fails(1002),
  },
  {
    title: 'a Pong in two fragments',
    send: [pong('fragment1', { fin: false }), more('fragment2')],
    expect: fails(1002),
  },
  ...inThreeWays('a text in two fragments', [FIRST, LAST], hears(WHOLE)),
  ...inThreeWays(
    'a text in two fragments, a Ping between',
    [FIRST, PING, LAST],
    hears(pongOf('ping payload'), WHOLE),
  ),
  ...inThreeWays('the last fragment of nothing, then a text', nothingToContinue(true), fails(1002)),
  ...inThreeWays('a fragment of nothing, then a text', nothingToContinue(false), fails(1002)),
  {
    title: 'a text in two fragments, then a fragment of nothing and a text',
    send: [FIRST, LAST, more('fragment3', { fin: false }), text('fragment4')],
    expect: fails(1002, [WHOLE], [[]]),
  },
  {
    title: 'a fragment of nothing, then a text in two fragments, twice',
    send: strayThenText(false),
    expect: fails(1002),
  },
  {
    title: 'the last fragment of nothing, then a text in two fragments, twice',
    send: strayThenText(true),
    expect: fails(1002),
  },
  {
    title: 'a text in two fragments, both with the opcode of text',
    send: [FIRST, text('fragment2')],
    expect: fails(1002),
  },
  {
    title: 'a text in five fragments, two Pings between',
    send: pingedFragments,
    expect: pingedEcho,
  },
  {
    title: 'a text in five fragments, two Pings between, by frames',
    send: pingedFragments,
    expect: pingedEcho,
    chop: 'frames',
  },
  {
    title: 'a binary in three fragments, a Pong and a Ping between',
    own: true,
    send: [
      binary(hex('00 ff'), { fin: false }),
      pong('unasked'),
      more(hex('80'), { fin: false }),
      ping('asked'),
      more(hex('c0 00')),
    ],
    expect: hears(pongOf('asked'), binaryEcho(hex('00 ff 80 c0 00'))),
  },
  {
    title: 'a binary in the middle of a text',
    own: true,
    send: [FIRST, binary('x'), LAST],
    expect: fails(1002),
  },
  {
    title: 'a binary in fragments of one octet, and an empty last one',
    own: true,
    send: [
      ...fragments(BINARY, hex('01 02 03 04'), 1).slice(0, 3),
      more(hex('04'), { fin: false }),
      more(''),
    ],
    expect: hears(binaryEcho(hex('01 02 03 04'))),
  },
  {
    title: 'a thousand empty fragments and one octet',
    own: true,
    send: [
      text('', { fin: false }),
      ...Array.from({ length: 1000 }, () => more('', { fin: false })),
      more('.'),
    ],
    expect: hears(textEcho('.')),
  },
  {
    title: 'two texts in fragments, one after the other',
    own: true,
    send: [
      ...fragments(TEXT, new TextEncoder().encode('one, two'), 5),
      ...fragments(TEXT, new TextEncoder().encode('three, four'), 3),
    ],
    expect: hears(textEcho('one, two'), textEcho('three, four')),
  },
]

/** 5: messages in fragments. */
export const fragmentation: readonly Case[] = all.map((test, i) => ({
  id: `5.${i + 1}`,
  rfc: test.own === undefined && i < 2 ? '5.5' : '5.4',
  ...test,
}))
