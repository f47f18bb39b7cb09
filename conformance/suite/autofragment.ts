import type { Case } from './case.ts'
import { fragments, hears, TEXT, textEcho } from './steps.ts'

const LETTERS = new Uint8Array(65_536).fill(0x2a)

/** 10: a sender that cuts everything into fragments. */
export const autofragment: readonly Case[] = [
  {
    id: '10.1.1',
    title: 'text of 65,536 bytes in fragments of 1,300',
    rfc: '5.4',
    send: fragments(TEXT, LETTERS, 1300),
    expect: hears(textEcho(LETTERS)),
  },
]
