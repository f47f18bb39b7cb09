import type { Case } from './case.ts'
import { fails, hears, hex, ping, pong, pongOf, text, textEcho } from './steps.ts'

const HELLO = 'Hello, world!'
const NOT_TEXT = hex('00 ff fe fd fc fb 00 ff')
const LONGEST = new Uint8Array(125).fill(0xfe)
const TEN: readonly string[] = Array.from({ length: 10 }, (_, i) => `payload-${i}`)

/** 2: Ping and Pong. */
export const pings: readonly Case[] = [
  {
    id: '2.1',
    title: 'a Ping without payload',
    rfc: '5.5.2',
    send: [ping()],
    expect: hears(pongOf()),
  },
  {
    id: '2.2',
    title: 'a Ping with a short text',
    rfc: '5.5.3',
    send: [ping(HELLO)],
    expect: hears(pongOf(HELLO)),
  },
  {
    id: '2.3',
    title: 'a Ping with a few bytes that are not UTF-8',
    rfc: '5.5.3',
    send: [ping(NOT_TEXT)],
    expect: hears(pongOf(NOT_TEXT)),
  },
  {
    id: '2.4',
    title: 'a Ping with 125 bytes',
    rfc: '5.5',
    send: [ping(LONGEST)],
    expect: hears(pongOf(LONGEST)),
  },
  {
    id: '2.5',
    title: 'a Ping with 126 bytes',
    rfc: '5.5',
    send: [ping(new Uint8Array(126).fill(0xfe))],
    expect: fails(1002),
  },
  {
    id: '2.6',
    title: 'a Ping with 125 bytes, octet by octet',
    rfc: '5.5',
    chop: 1,
    send: [ping(LONGEST)],
    expect: hears(pongOf(LONGEST)),
  },
  {
    id: '2.7',
    title: 'a Pong nobody asked for, without payload',
    rfc: '5.5.3',
    send: [pong()],
    expect: hears(),
  },
  {
    id: '2.8',
    title: 'a Pong nobody asked for',
    rfc: '5.5.3',
    send: [pong('unsolicited pong payload')],
    expect: hears(),
  },
  {
    id: '2.9',
    title: 'a Pong nobody asked for, then a Ping',
    rfc: '5.5.3',
    send: [pong('unsolicited pong payload'), ping('ping payload')],
    expect: hears(pongOf('ping payload')),
  },
  {
    id: '2.10',
    title: 'ten Pings',
    rfc: '5.5.3',
    send: TEN.map((payload) => ping(payload)),
    expect: hears(...TEN.map(pongOf)),
  },
  {
    id: '2.11',
    title: 'ten Pings, octet by octet',
    rfc: '5.5.3',
    chop: 1,
    send: TEN.map((payload) => ping(payload)),
    expect: hears(...TEN.map(pongOf)),
  },
  {
    id: '2.12',
    title: 'a Pong with 126 bytes',
    rfc: '5.5',
    own: true,
    send: [pong(new Uint8Array(126))],
    expect: fails(1002),
  },
  {
    id: '2.13',
    title: 'a Ping between two texts is answered in its turn',
    rfc: '5.5.2',
    own: true,
    send: [text('before'), ping('now'), text('after')],
    expect: hears(textEcho('before'), pongOf('now'), textEcho('after')),
  },
]
