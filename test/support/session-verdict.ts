import type { CloseRecord } from '../../src/protocol/close/close-record.ts'
import type { CloseReason } from '../../src/protocol/close/reason.ts'
import { ChannelOverflowException } from '../../src/session/errors.ts'
import { PingTimeoutException } from '../../src/websocket/errors.ts'
import { namesOf, type Sent, type SessionEnd } from './session-end.ts'
import type { Behind, Side } from './session-schedule.ts'

/** One end when all is over. */
export interface Ended {
  readonly name: 'client' | 'server'
  readonly end: SessionEnd
  readonly side: Side
  /** It is the one behind the filter. */
  readonly filtered: boolean
  /** It began to close by itself while its peer may still have been sending. */
  readonly closedEarly: boolean
}

/** What should not have been, of one end. */
export function faultsOf(own: Ended, peer: Ended, behind: Behind): readonly string[] {
  const faults = own.end.session === undefined ? [] : [...unfinished(own.end)]
  const { closeRecord } = own.end.session ?? {}
  if (closeRecord !== undefined) {
    faults.push(...mismatches(closeRecord, own, peer), ...losses(closeRecord, own, peer, behind))
  }
  return faults.map((fault) => `${own.name}: ${fault}`)
}

/** More than may wait to be received: one frame too many stops the sender, and a Close frame always fits. */
export function overfull({ held: [frames, bytes] }: SessionEnd, { channels }: Side): string[] {
  const { capacity = 1024, bytes: most = 1_048_576, onOverflow } = channels.incoming ?? {}
  const times = onOverflow === 'close' ? 1 : 2
  const much = bytes > most * times + (onOverflow === 'close' ? 0 : LARGEST)
  if (frames <= capacity * times + times && !(much && frames > 2)) return []
  return [`${frames} frames and ${bytes} bytes are held`]
}

const LARGEST = 70_000

function unfinished({ session, records, aborts, waiting }: SessionEnd): readonly string[] {
  return [
    ...unless(records.length === 1 && records[0] === session?.closeRecord, 'ended not just once'),
    ...unless(aborts === 1, `aborted ${aborts} times`),
    ...unless(waiting === 0, `${waiting} promises are pending`),
    ...unless(session?.incoming.isClosedForReceive === true, 'incoming is open'),
    ...unless(session?.outgoing.isClosedForSend === true, 'outgoing is open'),
  ]
}

/** What two records say that cannot both be. */
function mismatches(record: CloseRecord, own: Ended, peer: Ended): readonly string[] {
  const far = peer.end.session?.closeRecord
  if (far === undefined) return []
  const begun = [record.initiator, far.initiator].sort().join(' ')
  const peaceful =
    ![own, peer].some(({ end, closedEarly }) => closedEarly || end.asked.has('break')) &&
    ![record, far].some(({ cause }) => isExpected(cause))
  // A raw session beneath another may have closed for a reason of its own, while that one gave up.
  const unsure =
    (isBroken(own, peer) || [record, far].some(({ cause }) => isExpected(cause))) &&
    [own, peer].some(({ side }) => side.kind === 'over')
  return [
    ...unless(
      record.remote === undefined || unsure || show(record.remote) === show(far.local),
      `heard ${show(record.remote)}, the peer sent ${show(far.local)}`,
    ),
    ...unless(
      !(record.clean && far.clean) || begun === 'local remote' || begun === 'local local',
      `began: ${begun}`,
    ),
    ...unless(
      begun !== 'local remote' || unsure || show(record.reason) === show(far.reason),
      `ended with ${show(record.reason)}, the peer with ${show(far.reason)}`,
    ),
    ...unless(
      !peaceful || (record.clean && record.cause === undefined),
      `ended with ${show(record.reason)} and ${record.cause}`,
    ),
  ]
}

/** What did not come, or should not have come, or not there. */
function losses(record: CloseRecord, own: Ended, peer: Ended, behind: Behind): readonly string[] {
  const { end, side, name, filtered, closedEarly } = own
  const all = end.heard.flatMap(namesOf)
  const names = all.filter((one) => !one.startsWith(name))
  const echoes = all.filter((one) => one.startsWith(name))
  const heard = (kind: string): string[] => names.filter((one) => one.includes(`-${kind}-`))
  const sent = (kind: Sent['kind']): readonly Sent[] => peer.end.sent(kind, names)

  // The raw session beneath hears of the end first: what is sent after that is dropped.
  const dropping = peer.side.kind === 'over'
  // When it gives up, it lets go of what the raw session beneath holds, which may have heard of the peer's Close.
  const gaveUp =
    end.asked.has('break') || isExpected(record.cause) || show(record.local) !== show(record.remote)
  const lettingGo = side.kind === 'over' && gaveUp
  const whole =
    record.remote !== undefined &&
    !end.asked.has('cancel') &&
    !(dropping && (closedEarly || isBroken(own, peer))) &&
    !lettingGo &&
    !(record.cause instanceof ChannelOverflowException) &&
    !(closedEarly && side.channels.incoming !== undefined) &&
    !(behind.losesAtEnd && !filtered)
  const raw = side.kind === 'raw'
  const tells = raw || (side.controlFrames && !(behind.opensLate && filtered))
  const pings = namesIn(sent('ping'))
  const data = messagesOf(sent('data'), behind, raw, filtered && side.kind === 'default')
  const answered = peer.side.kind === 'raw' ? [] : namesIn(end.sent('ping', all))
  const close = end.heard.findIndex(({ type }) => type === 'close')

  return [
    ...unless(new Set(all).size === all.length, `something came twice: ${all}`),
    ...unless(close < 0 || close === end.heard.length - 1, 'frames came behind Close'),
    ...unless(
      behind.leaky ? isWithin(heard('data'), data) : begins(data, heard('data'), whole),
      `data: ${heard('data')} of ${data}`,
    ),
    ...unless(
      tells ? begins(pings, heard('ping'), whole) : isWithin(heard('ping'), pings),
      `pings: ${heard('ping')} of ${pings}`,
    ),
    ...unless(isWithin(heard('pong'), namesIn(sent('pong'))), `pongs: ${heard('pong')}`),
    ...unless(isWithin(echoes, answered), `answers: ${echoes} of ${answered}`),
    ...unless(!isOvertaken(names), `a control frame was overtaken: ${names}`),
  ]
}

/** The names of data that may arrive, without what the filter drops of whole messages. */
function messagesOf(
  sent: readonly Sent[],
  behind: Behind,
  single: boolean,
  joinedBefore: boolean,
): readonly string[] {
  const names: string[] = []
  let message: string[] = []
  for (const { name, fin } of sent) {
    message.push(name)
    if (!fin && !single) continue
    const isWhole = joinedBefore || (fin && message.length === 1)
    const dropped = isWhole && message.some(behind.drops)
    if (!dropped) names.push(...(single ? [name] : message))
    if (fin) message = []
  }
  return names
}

/** Control frames may overtake data, and nothing overtakes them. */
function isOvertaken(names: readonly string[]): boolean {
  let latest = -1
  return names.some((name) => {
    const place = Number(name.match(/\d+/)?.[0])
    if (!name.includes('-data-')) return place < latest
    latest = Math.max(latest, place)
    return false
  })
}

function isBroken(...both: readonly Ended[]): boolean {
  return both.some(({ end }) => end.asked.has('break'))
}

function isExpected(cause: Error | undefined): boolean {
  return cause instanceof ChannelOverflowException || cause instanceof PingTimeoutException
}

function namesIn(sent: readonly Sent[]): readonly string[] {
  return sent.map(({ name }) => name)
}

/** Whether `some` are the first of `all`, or `whole`, all of them. */
function begins(all: readonly string[], some: readonly string[], whole: boolean): boolean {
  return some.every((one, i) => one === all[i]) && !(whole && some.length < all.length)
}

/** Whether `some` are in `all`, in the same order. */
function isWithin(some: readonly string[], all: readonly string[]): boolean {
  let at = 0
  for (const one of all) if (one === some[at]) at++
  return at === some.length
}

function show(reason: CloseReason | undefined): string {
  return reason === undefined ? 'nothing' : `${reason.code} ${reason.message}`
}

function unless(right: boolean, fault: string): readonly string[] {
  return right ? [] : [fault]
}
