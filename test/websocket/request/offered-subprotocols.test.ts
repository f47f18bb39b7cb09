import { expect, test } from 'vitest'
import { offeredSubprotocols } from '../../../src/websocket/request/offered-subprotocols.ts'
import { requestOf } from '../../../src/websocket/request/upgrade-request.ts'

test.each([
  [{}, []],
  [{ 'Sec-WebSocket-Protocol': 'doc.v2' }, ['doc.v2']],
  [{ 'Sec-WebSocket-Protocol': 'doc.v2 ,\tdoc.v1,,Doc.v1' }, ['doc.v2', 'doc.v1', 'Doc.v1']],
  [{ 'Sec-WebSocket-Protocol': '' }, []],
  [{ 'Sec-WebSocket-Protocol': 'doc.v2, "doc.v1"' }, []],
])('of %j, the subprotocols are those that it offers, in their order', (headers, offered) => {
  expect(offeredSubprotocols(requestOf(new Request('http://host/', { headers })))).toEqual(offered)
})

test('several headers count as one', () => {
  const headers = new Headers({ 'Sec-WebSocket-Protocol': 'a, b' })
  headers.append('Sec-WebSocket-Protocol', 'c')
  const request = requestOf(new Request('http://host/', { headers }))
  expect(offeredSubprotocols(request)).toEqual(['a', 'b', 'c'])
})
