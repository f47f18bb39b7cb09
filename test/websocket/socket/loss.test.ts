import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { closeRecord } from '../../../src/protocol/close/close-record.ts'
import { ConnectionLostException } from '../../../src/websocket/errors.ts'
import { Loss } from '../../../src/websocket/socket/loss.ts'
import { rig } from '../../support/socket-rig.ts'

const RECORD = closeRecord('transport', undefined, undefined, undefined)

test('a loss completes a record with an error that says how', () => {
  const cause = new Error('reset')
  const complete = new Loss('the connection was lost', cause).complete(RECORD)
  expect(complete).toEqual({
    ...RECORD,
    cause: new ConnectionLostException('the connection was lost'),
  })
  expect(complete.cause?.cause).toBe(cause)
})

test('the error of a loss without a cause has none to print', () => {
  const { cause } = new Loss('gone', undefined).complete(RECORD)
  expect(inspect(cause)).not.toContain('cause')
})

test('its record is the same each time', () => {
  const loss = new Loss('gone', undefined)
  expect(loss.complete(RECORD)).toBe(loss.complete(RECORD))
})

test('a socket whose transport is lost has such a record, within its listeners too', () => {
  const { socket, peer } = rig()
  const seen: unknown[] = []
  socket.onClose(() => seen.push(socket.link.closeRecord))
  peer.end()
  expect(seen).toEqual([socket.link.closeRecord])
  expect(socket.link.closeRecord).toMatchObject({
    initiator: 'transport',
    cause: { message: 'the peer closed the transport without a close handshake' },
  })
})

test('what is lost after the close handshake changes nothing about the record', () => {
  const { socket, peer } = rig()
  peer.send('88 82 00000000 03e8')
  const record = socket.link.closeRecord
  peer.end()
  expect(socket.link.closeRecord).toBe(record)
  expect(record).toMatchObject({ clean: true, cause: undefined })
})
