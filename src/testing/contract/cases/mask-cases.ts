import { expectEqual, expectTrue, rejection } from '../assert.ts'
import type { ClientContext } from '../client-context.ts'
import { nextText } from '../clients.ts'
import type { ContractCase } from '../contract.ts'

/** What clients do with masks (RFC 6455, section 5.3). */
export const maskCases: readonly ContractCase<ClientContext>[] = [
  {
    name: 'a client masks each frame, and each with another key',
    needs: ['raw'],
    async run({ tapped }) {
      const { client, sent } = await tapped!('/echo')
      for (let i = 0; i < 3; i++) {
        client.send('masked')
        expectEqual('the echo', await nextText(client), 'masked')
      }
      const frames = maskedFrames(sent())
      client.close()
      expectEqual(
        'what was under the masks',
        frames.map(({ text }) => text),
        ['masked', 'masked', 'masked'],
      )
      expectEqual('the keys', new Set(frames.map(({ key }) => key)).size, 3)
    },
  },
  {
    name: 'a client fails the connection for a frame that is masked',
    needs: ['unmasked', 'frames'],
    async run({ connect }) {
      const client = connect('/masked')
      await rejection('what came', nextText(client))
      const { code } = await client.closed
      // Platforms tell no more than that it failed.
      expectTrue(`it is 1002 or 1006, not ${code}`, [1002, 1006].includes(code))
    },
  },
]

/** The short frames behind the head of a request. Throws for one without a mask. */
function maskedFrames(sent: Uint8Array): { readonly key: string; readonly text: string }[] {
  const head = new TextDecoder('latin1').decode(sent).indexOf('\r\n\r\n') + 4
  const frames: { key: string; text: string }[] = []
  for (let at = head; at < sent.length; ) {
    const second = sent[at + 1]!
    expectTrue('the frame is masked', second >= 0x80)
    const key = sent.subarray(at + 2, at + 6)
    const payload = sent.subarray(at + 6, at + 6 + (second & 0x7f))
    const text = new TextDecoder().decode(payload.map((octet, i) => octet ^ key[i % 4]!))
    frames.push({ key: key.join(), text })
    at += 6 + payload.length
  }
  return frames
}
