import { describe, expect, test } from 'vitest'
import { parseOptions } from '../../bench/options.ts'

describe('the command line of the benchmark', () => {
  test('asks for everything when it is empty', () => {
    expect(parseOptions([])).toEqual({
      command: 'workloads',
      workloads: [],
      narrowing: { size: undefined, depth: undefined, conns: undefined, payload: undefined },
      time: 1,
      warm: 0.5,
      repeats: 9,
      only: [],
      json: undefined,
      from: undefined,
      profile: undefined,
      docs: false,
      help: false,
    })
  })

  test('narrows a workload', () => {
    const args = 'echo --size 128 --depth 16 --text --conns 100 --time 0.5 --only ws,bun'.split(' ')
    expect(parseOptions(args)).toMatchObject({
      workloads: ['echo'],
      narrowing: { size: 128, depth: 16, conns: 100, payload: 'text' },
      time: 0.5,
      only: ['ws', 'bun'],
    })
  })

  test('asks a question', () => {
    const targets = parseOptions(['targets', 'echo', '--depth', '16'])
    expect(targets).toMatchObject({ command: 'targets', workloads: ['echo'], repeats: 9 })
    expect(parseOptions(['cliffs'])).toMatchObject({ command: 'cliffs', repeats: 3 })
    const scaling = parseOptions(['scaling', '--repeats', '1', '--docs'])
    expect(scaling).toMatchObject({ command: 'scaling', repeats: 1, docs: true })
  })

  test('may ask for help', () => {
    expect(parseOptions(['--help']).help).toBe(true)
    expect(parseOptions(['cliffs', '-h']).help).toBe(true)
  })

  test.each([
    [['ecko'], 'there is no workload ecko: there are echo, broadcast'],
    [['--size', 'big'], '--size is big: it must be an integer from 0 to 16777216'],
    [['--size='], '--size is : it must be an integer'],
    [['--depth', '0'], '--depth is 0: it must be an integer from 1 to 1024'],
    [['--conns', '1.5'], '--conns is 1.5: it must be an integer from 1 to 50000'],
    [['--time', '0'], '--time is 0: it must be seconds, above 0 and at most 60'],
    [['--text', '--binary'], '--binary and --text exclude each other'],
    [['cliffs', 'echo'], 'cliffs has cases and subjects of its own: give it none'],
    [['scaling', '--only', 'ws'], 'scaling has cases and subjects of its own: give it none'],
    [['cliffs', '--conns', '10'], 'cliffs has cases and subjects of its own: give it none'],
    [['--fast'], "Unknown option '--fast'"],
  ])('is refused when it says %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(TypeError)
    expect(() => parseOptions(args)).toThrow(message)
  })
})
