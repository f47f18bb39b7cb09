import type { Case, Step } from './case.ts'
import {
  CLOSE,
  close,
  closes,
  fails,
  frame,
  hears,
  hex,
  more,
  ping,
  text,
  textEcho,
} from './steps.ts'

type Test = Omit<Case, 'rfc'> & { readonly rfc?: string }

const HELLO = 'Hello World!'
const LONGEST_REASON = '*'.repeat(123)
const BIG = 'BAsd7&jh23'.repeat(26_215).slice(0, 256 * 1024)

/** An answer may repeat the code, or say 1000 (section 5.5.1 has the first as typical). */
const codeOf = (code: number): readonly number[] => (code === 1000 ? [1000] : [code, 1000])

const ANYTHING = { kind: 'any', codes: [] } as const

const sequences: readonly Test[] = [
  {
    id: '7.1.1',
    title: 'a text, then a Close',
    send: [text(HELLO), close(1000)],
    expect: closes([1000], textEcho(HELLO)),
  },
  {
    id: '7.1.2',
    title: 'two Closes',
    send: [close(1000), close(1000)],
    expect: closes([1000]),
  },
  {
    id: '7.1.3',
    title: 'a Ping after a Close is not answered',
    send: [close(1000), ping()],
    expect: closes([1000]),
  },
  {
    id: '7.1.4',
    title: 'a text after a Close is not echoed',
    send: [close(1000), text(HELLO)],
    expect: closes([1000]),
  },
  {
    id: '7.1.5',
    title: 'a fragment, a Close, the last fragment',
    send: [text('fragment1', { fin: false }), close(1000), more('fragment2')],
    expect: closes([1000]),
  },
  {
    id: '7.1.6',
    title: 'a text of 256 KiB, a short one, a Close and a Ping: what is echoed is open',
    send: [text(BIG), text(HELLO), close(1000), ping()],
    expect: { events: [], end: ANYTHING },
  },
]

const payloads: readonly Test[] = [
  {
    id: '7.3.1',
    title: 'a Close without payload',
    send: [close()],
    expect: closes([1005, 1000]),
  },
  {
    id: '7.3.2',
    title: 'a Close with one octet',
    send: [frame(CLOSE, 'a')],
    expect: fails(1002),
  },
  {
    id: '7.3.3',
    title: 'a Close with a code',
    send: [close(1000)],
    expect: closes([1000]),
  },
  {
    id: '7.3.4',
    title: 'a Close with a code and a reason',
    send: [close(1000, HELLO)],
    expect: closes([1000]),
  },
  {
    id: '7.3.5',
    title: 'a Close with a reason of 123 bytes',
    send: [close(1000, LONGEST_REASON)],
    expect: closes([1000]),
  },
  {
    id: '7.3.6',
    title: 'a Close with a reason of 124 bytes',
    send: [close(1000, `${LONGEST_REASON}*`)],
    expect: fails(1002),
  },
  {
    id: '7.5.1',
    title: 'a Close with a reason that is not UTF-8',
    send: [close(1000, hex('ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80 65 64 69 74 65 64'))],
    expect: fails([1007, 1002]),
  },
  {
    id: '7.5.2',
    title: 'a Close whose reason ends within a character',
    own: true,
    send: [close(1000, hex('61 e2 82'))],
    expect: fails([1007, 1002]),
  },
]

const VALID: readonly number[] = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999,
]
/** In the registry of IANA by now, or in the range of applications. */
const VALID_OWN: readonly number[] = [1012, 1013, 1014, 3333, 4321]

const INVALID: readonly number[] = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999]
const INVALID_OWN: readonly number[] = [1, 1015, 1017, 1999, 2001]

const UNDEFINED: readonly number[] = [5000, 65_535]

const codes: readonly Test[] = [
  ...[...VALID, ...VALID_OWN].map((code, i) => ({
    id: `7.7.${i + 1}`,
    title: `a Close with the code ${code}`,
    rfc: '7.4',
    send: [close(code)] satisfies readonly Step[],
    expect: closes(codeOf(code)),
    ...(i < VALID.length ? {} : { own: true }),
  })),
  ...[...INVALID, ...INVALID_OWN].map((code, i) => ({
    id: `7.9.${i + 1}`,
    title: `a Close with the code ${code}, which must not be sent`,
    rfc: '7.4',
    send: [close(code)],
    expect: fails(1002),
    ...(i < INVALID.length ? {} : { own: true }),
  })),
  ...UNDEFINED.map((code, i) => ({
    id: `7.13.${i + 1}`,
    title: `a Close with the code ${code}, of which nothing is written`,
    rfc: '7.4',
    send: [close(code)],
    expect: { events: [], end: ANYTHING },
  })),
]

const own: readonly Test[] = [
  {
    id: '7.14.1',
    title: 'an empty last fragment after a Close',
    own: true,
    send: [text('a', { fin: false }), close(4000, 'bye'), more('')],
    expect: closes([4000, 1000]),
  },
  {
    id: '7.14.2',
    title: 'bytes that are no frame, after a Close',
    own: true,
    send: [close(1000), frame(0xf, 'garbage', { rsv: 7, wrongMask: true })],
    expect: closes([1000]),
  },
  {
    id: '7.14.3',
    title: 'a text, an error, and a Close that comes too late',
    own: true,
    send: [text(HELLO), frame(3), close(1000)],
    expect: fails(1002, [textEcho(HELLO)], [[]]),
  },
  {
    id: '7.14.4',
    title: 'the tester closes after three texts',
    own: true,
    send: [text('1'), text('2'), text('3')],
    expect: hears(textEcho('1'), textEcho('2'), textEcho('3')),
  },
]

/** 7: the end of a connection. */
export const closing: readonly Case[] = [...sequences, ...payloads, ...codes, ...own].map(
  (test) => ({
    rfc: '5.5.1',
    ...test,
  }),
)
