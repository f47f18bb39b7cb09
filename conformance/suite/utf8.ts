import type { Case, Step } from './case.ts'
import {
  failed,
  fails,
  fragments,
  frame,
  hears,
  hex,
  more,
  quiet,
  TEXT,
  text,
  textEcho,
} from './steps.ts'
import { UTF8_SAMPLES } from './utf8-samples.ts'

type Test = Pick<Case, 'id' | 'title' | 'send' | 'expect'>

const LATIN = new TextEncoder().encode('Hello-µ@ßöäüàá-UTF-8!!')
/** The word that Markus Kuhn's stress test begins with. */
const KOSME = hex('ce ba e1 bd b9 cf 83 ce bc ce b5')
const EDITED = hex('65 64 69 74 65 64')
const SURROGATE = Uint8Array.of(...KOSME, ...hex('ed a0 80'), ...EDITED)
/** U+110000, if there were one. */
const TOO_FAR = hex('f4 90 80 80')

const MIDDLE = 'middle frame payload'

/** Three parts, of a message or of a frame; the second is where it cannot be UTF-8 any more. */
const inParts = (
  ...[first, second, third]: readonly [Uint8Array, Uint8Array, Uint8Array]
): { readonly byFragments: readonly Step[]; readonly inOneFrame: readonly Step[] } => ({
  byFragments: [
    text(first, { fin: false }),
    quiet,
    more(second, { fin: false }),
    failed,
    more(third),
  ],
  inOneFrame: [
    {
      kind: 'frame',
      frame: { opcode: TEXT, payload: Uint8Array.of(...first, ...second, ...third) },
      pauses: [
        { at: first.length, pause: quiet },
        { at: first.length + second.length, pause: failed },
      ],
    },
  ],
})

const atOnce = inParts(KOSME, TOO_FAR, EDITED)
/** Only up to the octet that spoils it. */
const soonest = inParts(
  Uint8Array.of(...KOSME, 0xf4),
  Uint8Array.of(0x90),
  Uint8Array.of(0x80, 0x80, ...EDITED),
)

const structure: readonly Test[] = [
  { id: '6.1.1', title: 'an empty text', send: [text('')], expect: hears(textEcho('')) },
  {
    id: '6.1.2',
    title: 'three empty fragments',
    send: [text('', { fin: false }), more('', { fin: false }), more('')],
    expect: hears(textEcho('')),
  },
  {
    id: '6.1.3',
    title: 'three fragments, only the middle one not empty',
    send: [text('', { fin: false }), more(MIDDLE, { fin: false }), more('')],
    expect: hears(textEcho(MIDDLE)),
  },
  {
    id: '6.2.1',
    title: 'valid text in one frame',
    send: [text(LATIN)],
    expect: hears(textEcho(LATIN)),
  },
  {
    id: '6.2.2',
    title: 'valid text in two fragments, cut between characters',
    send: [text(LATIN.subarray(0, 15), { fin: false }), more(LATIN.subarray(15))],
    expect: hears(textEcho(LATIN)),
  },
  ...[LATIN, KOSME].map((payload, i) => ({
    id: `6.2.${i + 3}`,
    title: 'valid text in fragments of one octet',
    send: fragments(TEXT, payload, 1),
    expect: hears(textEcho(payload)),
  })),
  {
    id: '6.3.1',
    title: 'a surrogate within a text, in one frame',
    send: [frame(TEXT, SURROGATE)],
    expect: fails(1007),
  },
  {
    id: '6.3.2',
    title: 'a surrogate within a text, in fragments of one octet',
    send: fragments(TEXT, SURROGATE, 1),
    expect: fails(1007),
  },
  {
    id: '6.4.1',
    title: 'the second of three fragments is not UTF-8: noticed before the third',
    send: atOnce.byFragments,
    expect: fails(1007),
  },
  {
    id: '6.4.2',
    title: 'the same, the second no longer than the octet that is wrong',
    send: soonest.byFragments,
    expect: fails(1007),
  },
  {
    id: '6.4.3',
    title: 'the second of three pieces of one frame is not UTF-8: noticed before the third',
    send: atOnce.inOneFrame,
    expect: fails(1007),
  },
  {
    id: '6.4.4',
    title: 'the same, the second no longer than the octet that is wrong',
    send: soonest.inOneFrame,
    expect: fails(1007),
  },
]

const samples: readonly Test[] = Object.entries(UTF8_SAMPLES).flatMap(
  ([group, { title, octets }]) =>
    octets.map((line, i) => {
      const wrong = line.startsWith('!')
      const payload = hex(line)
      return {
        id: `${group}.${i + 1}`,
        title: `${title}: ${Buffer.from(payload).toString('hex')}`,
        send: [text(payload)],
        expect: wrong ? fails(1007) : hears(textEcho(payload)),
      }
    }),
)

/** 6: text is UTF-8, and what is not is noticed at once. */
export const utf8: readonly Case[] = [...structure, ...samples].map((test) => ({
  rfc: '8.1',
  ...test,
}))
