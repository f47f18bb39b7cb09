import {
  bind,
  Message,
  type StandardSchemaV1,
  upgradeRequest,
  WsMessage,
  websockets,
} from 'antiphon'
import { bench, do_not_optimize, group } from 'mitata'

interface Move {
  readonly from: string
  readonly to: string
  readonly seq: number
}

/** By hand, so that it is the lens that is measured and not a library of schemas. */
const MOVE: StandardSchemaV1<Move> = {
  '~standard': {
    version: 1,
    vendor: 'bench',
    validate: (value) =>
      isMove(value) ? { value } : { issues: [{ message: 'a move has from, to and seq' }] },
  },
}

/** What is called for each request, or each message, above the protocol. */
export function applicationBenches(): void {
  group('lens', () => {
    const move = Message.json(MOVE)
    const value = { from: 'e2', to: 'e4', seq: 1 }
    const text = JSON.stringify(value)
    bench('lens: JSON.parse alone', () => do_not_optimize(JSON.parse(text)))
    bench('lens: read JSON with a schema', () => do_not_optimize(move(WsMessage.text(text))))
    bench('lens: write JSON with a schema', () => do_not_optimize(move.create(value)))
  })

  group('router', () => {
    for (const count of [1, 10, 100]) {
      const router = websockets(
        ...Array.from({ length: count }, (_, i) => bind(`/rooms${i}/:room`, () => () => {})),
      )
      const request = upgradeRequest({
        method: 'GET',
        url: `http://127.0.0.1:9000/rooms${count - 1}/lobby`,
        header: () => null,
        headers: () => new Headers(),
        raw: () => new Request('http://127.0.0.1:9000/'),
      })
      bench(`router: the last of ${count} routes`, () => do_not_optimize(router.match(request)))
    }
  })
}

function isMove(value: unknown): value is Move {
  if (typeof value !== 'object' || value === null) return false
  return 'from' in value && 'to' in value && 'seq' in value && Number.isInteger(value.seq)
}
