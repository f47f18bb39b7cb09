import {
  type AsyncApiDocument,
  asyncApi,
  bind,
  bindEndpoint,
  type Poly,
  poly,
  routes,
  topics,
  websockets,
} from 'antiphon'
import { auction, type Price } from './endpoint.ts'

export const documentation: AsyncApiDocument = asyncApi({
  info: { title: 'Auction', version: '1.0.0' },
  servers: { here: { host: 'localhost:9000', protocol: 'ws' } },
  channels: { auction },
})

/** Lots for which everybody may bid, and `/asyncapi.json`, which says how. */
export function auctions(): Poly {
  const prices = new Map<number, Price>()
  const lots = topics({ message: auction.fromServer })

  return poly(
    routes(bind('/asyncapi.json', () => Response.json(documentation))),
    websockets(
      bindEndpoint(auction, ({ lot, bidder }) => (socket) => {
        const everybody = lots(`${lot}`)
        const price = (): Price => prices.get(lot) ?? { price: 0 }
        everybody.subscribe(socket)
        socket.send(price())
        socket.onMessage(({ bid }) => {
          if (bid <= price().price) {
            socket.send(price())
          } else {
            prices.set(lot, { price: bid, leader: bidder })
            everybody.publish(price())
          }
        })
      }),
    ),
  )
}
