import { describe, expect, it } from 'vitest'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import {
  OutgoingChannel,
  type OutgoingOwner,
} from '../../../src/session/channel/outgoing-channel.ts'
import { settled } from '../../support/socket-rig.ts'

const REFUSAL = new Error('closing')

/** A channel of an owner that writes down what it gets, and has room for more than one once `settle` says so. */
function channel(changes: Partial<OutgoingOwner & OutgoingOwner['socket']> = {}): {
  readonly outgoing: OutgoingChannel
  readonly written: string[]
  settle(): void
} {
  const written: string[] = []
  let settle = (): void => {}
  const room = new Promise<void>((resolve) => {
    settle = resolve
  })
  const outgoing = new OutgoingChannel({
    accepting: true,
    open: true,
    refusal: () => REFUSAL,
    socket: {
      bufferedAmount: 0,
      drained: () => room,
      link: { flush: () => room },
      ...changes,
    },
    wire: {
      write(item) {
        if (item instanceof Frame.Text) written.push(item.readText().slice(0, 1))
        else if (item instanceof Frame.Ping) written.push('ping')
        return written.length > 1
      },
    },
    closeWith: () => written.push('close') > 0,
    checkWaiting() {},
    ...changes,
  })
  return { outgoing, written, settle: () => settle() }
}

const text = (content: string): Frame => new Frame.Text(content)

describe('an outgoing channel', () => {
  it('after the Close of the peer takes nothing but ours', async () => {
    const { outgoing, written } = channel({ accepting: false })
    await expect(outgoing.send(text('a'))).rejects.toBe(REFUSAL)
    expect(outgoing.trySend(text('a'))).toBe(false)
    await outgoing.send(new Frame.Close())
    expect(written).toEqual(['close'])
  })

  it('writes Ping and Pong at once, whether they fit or not', async () => {
    const { outgoing, written, settle } = channel({
      bufferedAmount: 1,
      link: { flush: () => new Promise(() => {}) },
    })
    void outgoing.send(new Frame.Ping())
    void outgoing.send(text('a'.repeat(65_537)))
    void outgoing.send(new Frame.Ping())
    expect(written).toEqual(['ping'])
    settle()
    await settled()
    expect(written).toEqual(['ping', 'ping'])
  })

  it('writes a large frame behind others where nothing tells when those are gone', () => {
    const { outgoing, written } = channel({ bufferedAmount: 1, link: {} })
    void outgoing.send(text('a'.repeat(65_537)))
    expect(written).toEqual(['a'])
  })

  it('puts what is sent while the queue goes on behind it', async () => {
    const { outgoing, written, settle } = channel()
    void outgoing.send(text('a'))
    void outgoing.send(text('b'))
    outgoing.after(() => void outgoing.send(text('d')))
    void outgoing.send(text('c'))
    expect(written).toEqual(['a'])
    settle()
    await settled()
    expect(written).toEqual(['a', 'b', 'c', 'd'])
  })
})
