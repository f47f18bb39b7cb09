import { expect, test } from 'vitest'
import { memberOf } from '../../src/topics/members.ts'
import { Replay } from '../../src/topics/replay.ts'
import { Room } from '../../src/topics/room.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { rig } from '../support/socket-rig.ts'

function replay(): Replay {
  return new Replay([WsMessage.text('a')], () => {})
}

test('a room looks nobody up once nobody is sent anything before what is published', async () => {
  const room = new Room(() => {})
  const [ann, ben, eve] = [rig(), rig(), rig()].map(({ socket }) => memberOf(socket))
  const [first, second] = [replay(), replay()]
  room.addServed(ann!)
  expect(room.replays).toBeUndefined()
  room.addServed(ben!, first)
  room.addServed(eve!, second)
  room.endReplay(ben!, first, true)
  expect([...room.replays!.keys()]).toEqual([eve])
  room.delete(eve!)
  expect(room.replays).toBeUndefined()
  expect(await Promise.all([first.over, second.over])).toEqual([true, false])
})

test('what a member was sent before it left, and came back, ends nothing of what it is sent now', async () => {
  const room = new Room(() => {})
  const member = memberOf(rig().socket)
  const [first, second] = [replay(), replay()]
  room.addServed(member, first)
  room.delete(member)
  room.addServed(member, second)
  room.endReplay(member, first, true)
  expect(room.replays?.get(member)).toBe(second)
  expect([first.isEmpty, first.next(), second.isEmpty]).toEqual([true, undefined, false])
  expect(await first.over).toBe(false)
})
