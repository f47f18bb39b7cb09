import { describe, expect, onTestFinished, test } from 'vitest'
import { auctions, documentation } from '../../examples/auction/app.ts'
import { bid } from '../../examples/auction/client.ts'
import { auction } from '../../examples/auction/endpoint.ts'
import { connectTo, serve } from '../../src/index.ts'
import { node } from '../../src/node/index.ts'
import { expectRefused, testWsClient } from '../../src/testing/index.ts'

describe('the auction', () => {
  test('tells everybody at a lot of a higher bid, and of a lower one nobody else', () => {
    const app = auctions()
    const at = (lot: number, bidder: string) =>
      connectTo(auction, '', { lot, bidder }, (url, options) => testWsClient(app, url, options))
    const [ann, bob, eve] = [at(1, 'ann'), at(1, 'bob'), at(2, 'eve')]
    ann.send({ bid: 5 })
    bob.send({ bid: 5 })
    bob.send({ bid: 6 })
    expect([...ann.received()]).toEqual([
      { price: 0 },
      { price: 5, leader: 'ann' },
      { price: 6, leader: 'bob' },
    ])
    expect([...bob.received()]).toHaveLength(4)
    expect([...eve.received()]).toEqual([{ price: 0 }])
  })

  test('refuses a lot that is no number', async () => {
    const client = testWsClient(auctions(), '/lots/x?bidder=ann', { protocols: 'auction.v1' })
    const { body } = await expectRefused(client, 400)
    expect(body).toBe("path 'lot': expected an integer, got 'x'")
  })

  test('takes bids over the wire, and serves its documentation beside them', async () => {
    const server = await serve(auctions(), node())
    onTestFinished(() => server.stop({ drain: 0 }))
    const url = server.url.replace('http', 'ws')
    expect(await bid(url, 1, 'ann', 5)).toBe(true)
    expect(await bid(url, 1, 'bob', 4)).toBe(false)
    expect(await bid(url, 1, 'bob', 6)).toBe(true)
    const response = await fetch(new URL('/asyncapi.json', server.url))
    expect(await response.json()).toEqual(documentation)
  })
})

test('the documentation says how to bid', () => {
  expect(documentation.channels.auction).toMatchObject({
    address: '/lots/{lot}',
    bindings: {
      ws: {
        query: { properties: { bidder: { type: 'string' } } },
        headers: { properties: { 'Sec-WebSocket-Protocol': { enum: ['auction.v1'] } } },
      },
    },
    messages: { fromClient: { payload: { required: ['bid'] } } },
  })
})
