import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import type { ShakeResult } from '../subjects/subject.ts'
import type { HandshakeCase } from '../suite/handshake.ts'
import { type Cut, cutFrames } from './cut.ts'
import { acceptOf, type Head, readHead } from './http.ts'
import type { Verdict } from './judge.ts'
import { openTcp } from './raw-client.ts'
import { TcpWire } from './tcp-wire.ts'

const PATIENCE = 2_000

const NO_FIELDS: ReadonlyMap<string, string> = new Map()

/** Sends the request of a case to a server under test. */
export async function shakeServer(
  test: HandshakeCase,
  cut: Cut,
  port: number,
): Promise<ShakeResult> {
  const socket = await openTcp(port)
  const answered = readHead(socket)
  await send(socket, test, test.message, cut)
  const head = await answered
  if (head === undefined) return { status: 0, fields: NO_FIELDS, events: [] }
  const { start, fields, rest } = head
  const wire = new TcpWire(socket, 'client', undefined, rest)
  const events = await listen(wire, test)
  return { status: Number(start.split(' ')[1]), fields, events }
}

/** Answers a client under test as the case has it. `opened` resolves with whether the client opened. */
export async function shakeClient(
  test: HandshakeCase,
  cut: Cut,
  { socket, head }: { readonly socket: Socket; readonly head: Head },
  opened: Promise<boolean>,
): Promise<ShakeResult> {
  const key = head.fields.get('sec-websocket-key') ?? ''
  const refusal = !test.expect.status.includes(101)
  await send(socket, test, test.message.replaceAll('{accept}', acceptOf(key)), cut)
  if (refusal) socket.end()
  const open = await Promise.race([opened, afterwards(PATIENCE)])
  if (!open) {
    socket.destroy()
    return { status: 0, fields: NO_FIELDS, events: [] }
  }
  const events = await listen(new TcpWire(socket, 'server', undefined, head.rest), test)
  return { status: 101, fields: NO_FIELDS, events }
}

/** Holds what came of a handshake against what had to. */
export function judgeShake({ expect }: HandshakeCase, result: ShakeResult): Verdict {
  const { status, fields, events } = result
  const failed = (why: string): Verdict => ({ outcome: 'FAILED', why })
  if (!expect.status.includes(status)) {
    return failed(`${outcome(status)}, not ${expect.status.map(outcome).join(' or ')}`)
  }
  for (const [name, wanted] of Object.entries(expect.fields ?? {})) {
    const value = fields.get(name)
    const right = wanted === null ? value === undefined : holds(value, wanted)
    if (!right) return failed(`${name} was ${value ?? 'missing'}, not ${wanted ?? 'missing'}`)
  }
  const wanted = expect.events ?? []
  return wanted.join() === events.join()
    ? { outcome: 'OK', why: '' }
    : failed(`it echoed ${events.join(', ') || 'nothing'}, not ${wanted.join(', ')}`)
}

function outcome(status: number): string {
  return status === 101 ? 'it opened' : status === 0 ? 'it refused' : `status ${status}`
}

/** Whether it is among the elements, which other ones may stand beside. */
function holds(value: string | undefined, wanted: string): boolean {
  const elements = value?.split(',').map((element) => element.trim()) ?? []
  return elements.some(
    (element) => element === wanted || element.toLowerCase() === wanted.toLowerCase(),
  )
}

async function send(socket: Socket, test: HandshakeCase, message: string, cut: Cut): Promise<void> {
  const bytes = Buffer.concat([Buffer.from(message, 'latin1'), test.behind ?? Buffer.alloc(0)])
  for (const piece of cutFrames([bytes], cut, undefined, message.length)) {
    if (!socket.writable) return
    socket.write(piece)
    await turn()
  }
}

async function listen(wire: TcpWire, { expect }: HandshakeCase): Promise<readonly string[]> {
  const count = expect.events?.length ?? 0
  await wire.until(() => wire.ear.over || wire.ear.events.length >= count, PATIENCE)
  wire.destroy()
  return wire.ear.events
}

function afterwards(milliseconds: number): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds, false).unref()
  })
}
