import {
  type Endpoint,
  endpoint,
  type Lens,
  Message,
  Path,
  Query,
  type RequestLens,
  type WsMessage,
} from 'antiphon'
import * as z from 'zod'

type Request = {
  readonly lot: RequestLens<number, number, 'lot'>
  readonly bidder: RequestLens<string>
}

interface Bid {
  readonly bid: number
}

/** The highest bid so far, and who made it. */
export interface Price {
  readonly price: number
  readonly leader?: string | undefined
}

/** What server, client and documentation share. Without `isolatedDeclarations`, its type need not be written out. */
export const auction: Endpoint<
  '/lots/:lot',
  Request,
  Lens<WsMessage, Bid>,
  Lens<WsMessage, Price>
> = endpoint('/lots/:lot', {
  protocol: 'auction.v1',
  description: 'Everybody at a lot hears of each bid that is higher than those before.',
  request: { lot: Path.int().required('lot'), bidder: Query.string().required('bidder') },
  fromClient: Message.json(z.object({ bid: z.int().positive() })),
  fromServer: Message.json(z.object({ price: z.int(), leader: z.string().optional() })),
})
