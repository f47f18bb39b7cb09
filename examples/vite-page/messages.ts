import { type Lens, Message, type WsMessage } from 'antiphon'
import * as v from 'valibot'

/** What a page sends. */
export interface Vote {
  readonly choice: 'tea' | 'coffee'
}

/** What every page gets when somebody has voted. */
export interface Tally {
  readonly tea: number
  readonly coffee: number
}

export const vote: Lens<WsMessage, Vote> = Message.json(
  v.object({ choice: v.picklist(['tea', 'coffee']) }),
)

export const tally: Lens<WsMessage, Tally> = Message.json(
  v.object({ tea: v.number(), coffee: v.number() }),
)
