import { connectTo } from 'antiphon'
import { connect } from 'antiphon/node' // of a page: 'antiphon/client'
import { auction } from './endpoint.ts'

/** Makes a bid, and says whether it is the highest. */
export async function bid(
  server: string,
  lot: number,
  bidder: string,
  amount: number,
): Promise<boolean> {
  await using client = connectTo(auction, server, { lot, bidder }, connect)
  client.send({ bid: amount })
  for await (const { price, leader } of client.received()) {
    if (price >= amount) return leader === bidder
  }
  return false
}
