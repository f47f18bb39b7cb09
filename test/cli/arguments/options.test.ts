import { describe, expect, expectTypeOf, test } from 'vitest'
import { CommandError } from '../../../src/cli/arguments/command-error.ts'
import { integer, subprotocol } from '../../../src/cli/arguments/kinds.ts'
import { flag, many, one, readArguments } from '../../../src/cli/arguments/options.ts'

const options = {
  port: one('N', integer(0, 65_535), 'the port'),
  deflate: flag('compresses'),
  protocol: many('NAME', subprotocol, 'speaks it'),
}

const NONE = { port: undefined, deflate: false, protocol: [] }

describe('readArguments', () => {
  test.each([
    [[], NONE, []],
    [['--port', '1'], { ...NONE, port: 1 }, []],
    [['--port=1'], { ...NONE, port: 1 }, []],
    [['--deflate', 'a', '--port', '2', 'b'], { ...NONE, port: 2, deflate: true }, ['a', 'b']],
    [['--protocol', 'a', '--protocol=b'], { ...NONE, protocol: ['a', 'b'] }, []],
    [['--protocol=-a'], { ...NONE, protocol: ['-a'] }, []],
    [['--', '--port'], NONE, ['--port']],
  ])('reads %j', (args, values, positionals) => {
    expect(readArguments(args, options)).toEqual({ values, positionals })
  })

  test('knows the types of what it read', () => {
    expectTypeOf(readArguments([], options).values).toEqualTypeOf<{
      readonly port: number | undefined
      readonly deflate: boolean
      readonly protocol: readonly string[]
    }>()
  })

  test.each([
    [['--prot'], "there is no option '--prot': there are --port, --deflate, --protocol"],
    [['-x'], "there is no option '-x': there are --port, --deflate, --protocol"],
    [['--constructor'], /^there is no option '--constructor'/],
    [['--__proto__=1'], /^there is no option '--__proto__'/],
    [['--port'], '--port has no value: write --port N'],
    [['--port', '--deflate'], '--port has no value: write --port N'],
    [['--port', 'x'], "--port is 'x': it must be a whole number from 0 to 65535"],
    [['--port=-1'], "--port is '-1': it must be a whole number from 0 to 65535"],
    [['--port='], "--port is '': it must be a whole number from 0 to 65535"],
    [['--port', '1', '--port', '1'], '--port is given twice: give it once'],
    [['--deflate=yes'], "--deflate takes no value: leave out '=yes'"],
    [['--protocol', 'a b'], "--protocol is 'a b': it must be one subprotocol, such as 'chat.v1'"],
    [['--port', '\u001b[2J'], /^--port is '\\u001b\[2J'/],
  ])('refuses %j', (args, message) => {
    const read = (): unknown => readArguments(args, options)
    expect(read).toThrow(message)
    expect(read).toThrow(CommandError)
    expect(read).toThrow(expect.objectContaining({ exitCode: 2 }))
  })
})
