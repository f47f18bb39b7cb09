import type { Case } from './case.ts'
import { fails, frame, ping, text, textEcho } from './steps.ts'

const HELLO = 'Hello, world!'
const PAYLOAD = 'reserved opcode payload'

/** The nth reserved opcode from `lowest` up: by itself, with a payload, and after a text. */
function reserved(group: string, lowest: number): Case[] {
  return [0, 1, 2, 3, 4].map((n) => {
    const opcode = lowest + n
    const payload = n === 0 || n === 2 ? '' : PAYLOAD
    const alone = n < 2
    const what = `the opcode 0x${opcode.toString(16)}${payload === '' ? '' : ' with a payload'}`
    return {
      id: `${group}.${n + 1}`,
      title: alone ? what : `a text, then ${what}, then a Ping`,
      rfc: '5.2',
      send: alone ? [frame(opcode, payload)] : [text(HELLO), frame(opcode, payload), ping()],
      expect: alone ? fails(1002) : fails(1002, [textEcho(HELLO)], [[]]),
    }
  })
}

/** 4: opcodes that mean nothing. */
export const opcodes: readonly Case[] = [...reserved('4.1', 0x3), ...reserved('4.2', 0xb)]
