import { CloseReason, Frame, type FrameSocket } from 'antiphon'
import { type ContractCase, expectClosed, expectMessages, expectRefused } from 'antiphon/testing'
import { expectSame, sleep } from '../expect.ts'
import { enter, type RoomContext, who } from './room-context.ts'

const ANN = { name: 'ann', joined: '1970-01-01T00:00:00.000Z' }

/** What sockets do that sleep. */
export const hibernationCases: readonly ContractCase<RoomContext>[] = [
  {
    name: 'wakes by a message, and still knows its attachment, its parameters and its path',
    async run(context) {
      const ann = await enter(context, 'ann')
      const before = await who(ann)
      await context.sleep()
      const after = await who(ann)
      expectSame(after.object > before.object, true)
      expectSame([before.heard, after.heard], [1, 1])
      const request = { params: { name: 'ann' }, path: '/members/ann' }
      expectSame(after.kept, { ...ANN, said: 0, ...request, protocol: '' })
      expectSame(after.kept, before.kept)
      ann.close()
    },
  },
  {
    name: 'keeps what was assigned to its attachment, sleep after sleep',
    async run(context) {
      const ann = await enter(context, 'ann')
      for (const text of ['one', 'two']) {
        ann.send(`say ${text}`)
        await expectMessages(ann, [`ann: ${text}`])
        await context.sleep()
      }
      const { kept } = await who(ann)
      expectSame(Object(kept).said, 2)
      ann.close()
    },
  },
  {
    name: 'does not sleep while a handler is at work',
    async run(context) {
      const ann = await enter(context, 'ann')
      const { object } = await who(ann)
      ann.send('work 50')
      await expectMessages(ann, ['at work'])
      await context.sleep()
      await expectMessages(ann, [`${object} is done`])
      expectSame((await who(ann)).object > object, true)
      ann.close()
    },
  },
  {
    name: 'reaches those of its kind that sleep',
    async run(context) {
      const ann = await enter(context, 'ann')
      const ben = await enter(context, 'ben')
      const watcher = context.connect('/watchers', { protocols: ['watch.v1'] })
      await expectMessages(watcher, ['opened'])
      await context.sleep()
      ben.send('say good morning')
      await expectMessages(ann, ['ben: good morning'])
      expectSame(await context.json('/members'), ['ann', 'ben'])
      ann.close()
      await ann.closed
      expectSame(await context.json('/members'), ['ben'])
      watcher.send('how many?')
      await expectMessages(watcher, ['watch.v1 1'])
      watcher.close()
      ben.close()
    },
  },
  {
    name: 'answers a Ping in its sleep',
    async run(context) {
      const ann = await enter(context, 'ann')
      const { object } = await who(ann)
      await context.sleep()
      const { link } = await ann.opened
      await new Promise((resolve) => {
        link.onPong?.(resolve)
        link.ping?.()
      })
      // Nothing else has woken the object.
      expectSame((await who(ann)).object, object + 1)
      ann.close()
    },
  },
  {
    name: "wakes by its peer's Close, answers it, and tells the status once",
    async run(context) {
      const ann = await enter(context, 'ann')
      await context.sleep()
      ann.close(new CloseReason(4000, 'good night'))
      expectSame((await expectClosed(ann, 4000)).message, 'good night')
      expectSame(await context.notes(), ['ann closed 4000 good night'])
      const { remote } = (await ann.opened).link.closeRecord ?? {}
      expectSame([remote?.code, remote?.message], [4000, 'good night'])
    },
  },
  {
    name: 'tells an empty Close as 1005, and a lost connection as 1006',
    async run(context) {
      const ann = context.connect('/members/ann', { mode: 'frames' })
      const { frames } = (await ann.opened) as FrameSocket
      frames.send(new Frame.Close(new Uint8Array(0)))
      await ann.closed
      const ben = await enter(context, 'ben')
      await context.sleep()
      ben.terminate()
      expectSame(await heard(context, 2), ['ann closed 1005', 'ben closed 1006 Connection lost'])
    },
  },
  {
    name: 'closes after its sleep with a status of its own',
    async run(context) {
      const ann = await enter(context, 'ann')
      await context.sleep()
      ann.send('close 4001')
      expectSame((await expectClosed(ann, 4001)).message, 'as you wish')
      expectSame(await heard(context, 1), ['ann closed 4001 as you wish'])
    },
  },
  {
    name: 'hears of its end once, though its peer lets it sleep before it answers',
    async run(context) {
      const ann = context.connect('/members/ann', { mode: 'frames' })
      const { frames } = (await ann.opened) as FrameSocket
      frames.onFrame(() => {})
      frames.send(new Frame.Text('close 4001'))
      expectSame(await heard(context, 1), ['ann closed 4001 as you wish'])
      await context.sleep()
      frames.send(new Frame.Close(new CloseReason(4001)))
      await ann.closed
      await sleep(50)
      expectSame(await context.notes(), [])
    },
  },
  {
    name: 'opens before it hears a message, and keeps subprotocol and limits in its sleep',
    async run(context) {
      const client = context.connect('/watchers', { protocols: ['watch.v1'] })
      client.send('hello')
      await expectMessages(client, ['opened', 'watch.v1 1'])
      await context.sleep()
      client.send('1234567890')
      await expectMessages(client, ['watch.v1 1'])
      client.send('12345678901')
      await expectClosed(client, 1009)
    },
  },
  {
    name: 'hears what goes wrong, and stays open',
    async run(context) {
      const ann = await enter(context, 'ann')
      await context.sleep()
      ann.send('header cookie')
      ann.send('bloat')
      ann.send('call')
      const said: string[] = []
      for await (const message of ann.received()) if (said.push(message.text()) === 3) break
      const [header = '', bloat = '', call = ''] = said
      expectSame(header.startsWith('NotSupportedException: cloudflare keeps no headers'), true)
      expectSame(bloat.startsWith('RangeError: the attachment'), true)
      expectSame(bloat.includes('16384 bytes'), true)
      expectSame(call.startsWith('TypeError: the attachment'), true)
      expectSame(call.includes('could not be cloned'), true)
      expectSame(Object((await who(ann)).kept).name, 'ann')
      ann.close()
    },
  },
  {
    name: 'closes with 1011 where nobody hears what goes wrong, and the hook does',
    async run(context) {
      const client = context.connect('/watchers', { protocols: ['watch.v1'] })
      await expectMessages(client, ['opened'])
      await context.sleep()
      client.send('throw')
      expectSame((await expectClosed(client, 1011)).message, 'Internal error')
      expectSame(await context.notes(), ['hook Error: inner detail'])
    },
  },
  {
    name: 'hears of what the runtime refuses',
    async run(context) {
      const ann = context.connect('/members/ann', { mode: 'frames' })
      const { frames } = (await ann.opened) as FrameSocket
      await context.sleep()
      const refused = new Promise<Frame>((resolve) => {
        frames.onFrame((frame) => frame.type === 'close' && resolve(frame))
      })
      frames.send(new Frame.Text('a', true, false, true))
      frames.send(await refused)
      await expectClosed(ann, 1002)
      const [error, closed] = await heard(context, 2)
      expectSame(error, 'WebSocketProtocolException')
      expectSame(closed?.startsWith('ann closed 1002 '), true)
    },
  },
  {
    name: 'is not opened with more than can be kept',
    async run(context) {
      await expectRefused(context.connect('/bloated'), 500)
      const [hook = ''] = await heard(context, 1)
      expectSame(hook.startsWith('hook RangeError: the attachment'), true)
    },
  },
  {
    name: 'cannot stand behind a filter, whose listeners would be gone',
    async run(context) {
      await expectClosed(context.connect('/filtered'), 1011)
      const [hook = ''] = await heard(context, 1)
      expectSame(hook.startsWith('hook NotSupportedException: cloudflare lets'), true)
    },
  },
  {
    name: 'sleeps beside plain sockets that are gone',
    async run(context) {
      const plain = context.connect('/plain')
      plain.send('a')
      plain.send('b')
      const ann = await enter(context, 'ann')
      const { object } = await who(ann)
      await expectMessages(plain, [`${object} 1`, `${object} 2`])
      plain.close()
      await plain.closed
      await context.sleep()
      expectSame((await who(ann)).object > object, true)
      ann.close()
    },
  },
]

/** What reaches sockets that sleep in workerd alone, since it does not check it. */
export const uncheckedCases: readonly ContractCase<RoomContext>[] = [
  {
    name: 'hears of a Close whose text is malformed, and too long once that is replaced',
    async run(context) {
      const ann = context.connect('/members/ann', { mode: 'frames' })
      const { frames } = (await ann.opened) as FrameSocket
      await context.sleep()
      frames.send(new Frame.Close(Uint8Array.of(0x03, 0xe8, ...Array(123).fill(0xff))))
      const cut = '\u{FFFD}'.repeat(41)
      expectSame((await expectClosed(ann, 1000)).message, cut)
      expectSame(await heard(context, 1), [`ann closed 1000 ${cut}`])
    },
  },
]

/** So many notes, once there are. */
async function heard(context: RoomContext, count: number): Promise<readonly string[]> {
  const lines: string[] = []
  while (lines.length < count) lines.push(...(await context.notes()))
  return lines
}
