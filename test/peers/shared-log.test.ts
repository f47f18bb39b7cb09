import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { redisLog } from '../../examples/shared-log/redis-log.ts'
import { connect } from '../../src/node/index.ts'
import { turn } from '../../src/testing/clock/in-time.ts'
import { contractTests, type TopicLogContext, topicLogContract } from '../../src/testing/index.ts'
import { sharedTopics } from '../../src/topics/shared/shared-topics.ts'
import type { TopicLog } from '../../src/topics/shared/topic-log.ts'
import type { WsClient } from '../../src/websocket/client/ws-client.ts'
import { bundledExample } from '../support/bundled-example.ts'
import { rig } from '../support/socket-rig.ts'
import { Transcript } from '../support/transcript.ts'
import { Redis } from './support/redis.ts'

let redis: Redis
let example: Awaited<ReturnType<typeof bundledExample>>

beforeAll(async () => {
  redis = await Redis.start()
  example = await bundledExample('shared-log', 'redis')
})

afterAll(async () => {
  await redis[Symbol.asyncDispose]()
  example[Symbol.dispose]()
})

beforeEach(async () => {
  await redis.start()
  const client = await redis.client()
  await client.flushAll()
})

async function logOf(entries?: number): Promise<TopicLog> {
  return redisLog(await redis.client(), await redis.client(), entries)
}

/** The example in a process of its own. */
class Feed implements AsyncDisposable {
  readonly #process = spawn(process.execPath, [example.script], {
    env: { ...process.env, PORT: '0', REDIS_URL: redis.url, NODE_OPTIONS: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  readonly output = new Transcript(this.#process.stdout)
  readonly complaints = new Transcript(this.#process.stderr)
  readonly #exited = once(this.#process, 'exit')

  /** Where `tea` is, after that id. */
  async tea(after = ''): Promise<string> {
    const [, url] = await this.output.until(/serves http(\S+)\n/)
    return `ws${url}/rooms/tea?after=${after}`
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) await this.kill()
  }
}

interface Heard {
  readonly id?: string
  readonly text?: string
  readonly recovered?: boolean
}

/** One who listens, and can say how far it is. */
class Listener {
  readonly #client: WsClient
  readonly #messages: AsyncIterator<{ text(): string }>
  readonly texts: string[] = []
  after = ''

  constructor(url: string) {
    this.#client = connect(url)
    this.#messages = this.#client.received()[Symbol.asyncIterator]()
  }

  async next(): Promise<Heard> {
    const { value } = await this.#messages.next()
    const heard: Heard = JSON.parse(value.text())
    if (heard.id !== undefined) this.after = heard.id
    if (heard.text !== undefined) this.texts.push(heard.text)
    return heard
  }

  /** What is said once all that was missed has come. */
  async recovered(): Promise<boolean | undefined> {
    let heard = await this.next()
    while (heard.recovered === undefined) heard = await this.next()
    return heard.recovered
  }

  async until(text: string): Promise<void> {
    while (this.texts.at(-1) !== text) await this.next()
  }

  say(text: string): void {
    this.#client.send(text)
  }

  async leave(): Promise<void> {
    this.#client.close()
    await this.#client.closed
  }
}

async function listening(url: string): Promise<Listener> {
  const listener = new Listener(url)
  await listener.recovered()
  return listener
}

describe('a log in Redis', () => {
  const start = async (): Promise<TopicLogContext> => {
    const client = await redis.client()
    return {
      log: await logOf(),
      other: await logOf(),
      trim: (topic, keep) => client.xTrim(`topic:${topic}`, 'MAXLEN', keep),
    }
  }
  for (const { name, run } of contractTests(topicLogContract, { start })) test(name, run)

  test('has whom except names left out, and nobody else', async () => {
    const tea = sharedTopics({ log: await logOf() })('tea')
    const [ann, ben] = [rig(), rig()]
    for (const { socket } of [ann, ben]) await tea.subscribe(socket).recovered
    await tea.publish('a', { except: ann.socket })
    await tea.publish(new Uint8Array([0x62]), { except: ben.socket })
    await tea.publish('end')
    const shown: string[][] = [[], []]
    while (!shown.every((texts) => texts.at(-1) === '1 end')) {
      for (const [i, { peer }] of [ann, ben].entries()) shown[i]!.push(...peer.shown())
      await turn()
    }
    expect(shown).toEqual([
      ['2 b', '1 end'],
      ['1 a', '1 end'],
    ])
    for (const { socket } of [ann, ben]) socket.terminate()
  })

  test('keeps about as many entries as it is told to', async () => {
    const log = await logOf(200)
    for (let i = 0; i < 1_000; i++) await log.append('tea', new Uint8Array([i & 255]))
    const { length } = await log.read('tea', undefined, 2_000)
    expect(length).toBeGreaterThanOrEqual(200)
    expect(length).toBeLessThan(400)
  })
})

describe('a feed in several processes', () => {
  test('is heard in one order in all of them, and goes on where a process was replaced', async () => {
    await using first = new Feed()
    await using second = new Feed()
    const urls = [await first.tea(), await second.tea()]
    const people = await Promise.all([...urls, ...urls].map(listening))
    for (const [i, one] of people.entries()) {
      for (let turn = 0; turn < 25; turn++) one.say(`${i} ${turn}`)
    }
    for (const one of people) while (one.texts.length < 100) await one.next()
    for (const { texts } of people) expect(texts).toEqual(people[0]!.texts)
    const [ann, ben] = people
    await first.kill()
    for (const text of ['a', 'b', 'c']) ben!.say(text)
    await ben!.until('c')
    await using third = new Feed()
    const again = new Listener(await third.tea(ann!.after))
    expect(await again.recovered()).toBe(true)
    expect(again.texts).toEqual(['a', 'b', 'c'])
    ben!.say('d')
    await again.until('d')
    expect(again.texts).toEqual(['a', 'b', 'c', 'd'])
  })

  test('goes on after Redis was killed, without gap or double', async () => {
    await using first = new Feed()
    await using second = new Feed()
    const [ann, ben] = [await listening(await first.tea()), await listening(await second.tea())]
    ann.say('before')
    for (const one of [ann, ben]) await one.until('before')
    const rooms = sharedTopics({ log: await logOf(), onError() {} })
    await redis.kill()
    // Who says something now is told that it was not taken, and can come back.
    const eve = new Listener(await first.tea())
    await first.complaints.until(/the log of the topic 'tea' cannot be read for now|Socket closed/)
    await expect(rooms('tea').publish('lost')).rejects.toThrow(/closed|offline|ECONNREFUSED/i)
    await redis.start()
    // Its client connects again by itself.
    while (
      !(await rooms('tea')
        .publish('between')
        .then(Boolean, () => false))
    )
      await turn()
    for (const one of [ann, ben]) await one.until('between')
    await eve.recovered()
    const after = await listening(await second.tea(ann.after))
    ben.say('after')
    for (const one of [ann, ben, after]) await one.until('after')
    await eve.until('after')
    expect(ann.texts).toEqual(['before', 'between', 'after'])
    expect(ben.texts).toEqual(ann.texts)
    expect(after.texts).toEqual(['after'])
    expect(eve.texts.slice(-2)).toEqual(['between', 'after'])
  })

  test('tells those who come too late, and gives them the newest messages', async () => {
    await using one = new Feed()
    const ann = await listening(await one.tea())
    for (const text of ['a', 'b', 'c', 'd']) ann.say(text)
    await ann.until('a')
    const { after } = ann
    await ann.until('d')
    const client = await redis.client()
    await client.xTrim('topic:tea', 'MAXLEN', 2)
    const late = new Listener(await one.tea(after))
    expect(await late.recovered()).toBe(false)
    expect(late.texts).toEqual(['c', 'd'])
    const early = new Listener(await one.tea(late.after))
    expect(await early.recovered()).toBe(true)
    await client.xTrim('topic:tea', 'MINID', late.after)
    ann.say('e')
    for (const each of [ann, late, early]) await each.until('e')
    expect(ann.texts).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('has a thousand come back to a process that was restarted', async () => {
    await using old = new Feed()
    const ann = await listening(await old.tea())
    const ids: string[] = []
    for (let i = 0; i < 300; i++) ann.say(String(i))
    while (ann.texts.length < 300) ids.push((await ann.next()).id!)
    await old.kill()
    await using feed = new Feed()
    const url = await feed.tea()
    const back = Array.from({ length: 1_000 }, (_, i) => ({
      index: i % 300,
      listener: new Listener(`${url}${ids[i % 300]}`),
    }))
    for (const { listener } of back) expect(await listener.recovered()).toBe(true)
    back[0]!.listener.say('all')
    for (const { index, listener } of back) {
      await listener.until('all')
      const missed = Array.from({ length: 299 - index }, (_, i) => String(index + 1 + i))
      expect(listener.texts).toEqual([...missed, 'all'])
    }
    await Promise.all(back.map(({ listener }) => listener.leave()))
  })
})
