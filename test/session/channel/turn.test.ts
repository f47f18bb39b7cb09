import { expect, it } from 'vitest'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import { OutgoingChannel } from '../../../src/session/channel/outgoing-channel.ts'
import { Turn } from '../../../src/session/channel/turn.ts'
import { settled } from '../../support/socket-rig.ts'

it('a turn that comes after it was given up lets the others go on', async () => {
  const written: string[] = []
  const outgoing = new OutgoingChannel({
    accepting: true,
    open: true,
    refusal: () => new Error('closing'),
    socket: { bufferedAmount: 0, drained: () => Promise.resolve(), link: {} },
    wire: {
      write: (item) => written.push(item instanceof Frame.Text ? item.readText() : '?') > 0,
    },
    closeWith: () => true,
    checkWaiting() {},
  })
  const { signal } = new AbortController()
  const first = new Turn(outgoing, signal)
  const piece = new Frame.Binary(new Uint8Array(), false)
  const aborted = new Turn(outgoing, AbortSignal.abort('enough'))
  await expect(aborted.send(piece)).rejects.toBe('enough')
  aborted.end()
  const sent = outgoing.send(new Frame.Text('last'))
  await first.send(piece)
  expect([first.begun, aborted.begun, written.splice(0)]).toEqual([true, false, ['?']])
  first.end()
  await settled()
  await sent
  expect(written).toEqual(['last'])
  expect(outgoing.length).toBe(0)
})
