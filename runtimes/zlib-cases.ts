import { createNodeZlib } from 'antiphon/node'
import { expectSame } from './expect.ts'
import type { Suite } from './suite.ts'

/** "Hello", and once more by reference to the first (RFC 7692, section 7.2.3.2). */
const HELLO = Uint8Array.of(0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00)
const AGAIN = Uint8Array.of(0xf2, 0x00, 0x11, 0x00, 0x00)

const TEXT = new TextEncoder().encode('{"name":"antiphon","voices":["cantor","chorus"]}')

/** Windows that are kept from message to message, whatever the zlib of the runtime can do. */
export const zlibCases: Suite = {
  title: 'zlib',
  proves: undefined,
  lacks: [],
  cases: [true, false].flatMap((fast) => {
    const how = fast ? 'by native handles' : 'by public functions'
    const zlib = createNodeZlib({ fast })
    return [
      {
        name: `${how}, a message may refer to the one before`,
        needs: [],
        async run() {
          const inflater = zlib.inflater({ windowBits: 15, contextTakeover: true })
          const texts = [HELLO, AGAIN, AGAIN].map((deflated) =>
            new TextDecoder().decode(inflater.inflate(deflated, 5)),
          )
          expectSame(texts, ['Hello', 'Hello', 'Hello'])
        },
      },
      {
        name: `${how}, a peer inflates what is deflated`,
        needs: [],
        async run() {
          const window = { windowBits: 9, contextTakeover: true }
          const deflater = zlib.deflater({ ...window, level: -1, memLevel: 8 })
          const inflater = createNodeZlib().inflater(window)
          for (let i = 0; i < 20; i++) {
            const inflated = inflater.inflate(deflater.deflate(TEXT), TEXT.length)
            expectSame([...inflated], [...TEXT])
          }
        },
      },
    ]
  }),
}
