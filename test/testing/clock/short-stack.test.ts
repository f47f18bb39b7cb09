import { afterEach, expect, test, vi } from 'vitest'
import { shortStack } from '../../../src/testing/clock/short-stack.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

const CHROME = 'http://localhost:5173/node_modules/.vite/deps/antiphon_testing.js?v=5a'

test.each([
  [
    'V8',
    '    at shortStack (file:///home/ann/antiphon/dist/testing/clock/short-stack.js:17:25)',
    '    at connect (file:///home/ann/antiphon/dist/testing/offline/client.js:3:4)',
    '    at async file:///home/ann/app/chat.test.js:7:2',
  ],
  [
    'V8, for CommonJS on Windows',
    String.raw`    at shortStack (C:\ann (1)\antiphon\dist\testing\clock\short-stack.js:17:25)`,
    String.raw`    at Object.connect (C:\ann (1)\antiphon\dist\testing\offline\client.js:3:4)`,
    String.raw`    at C:\ann (1)\app\chat.test.js:7:2`,
  ],
  [
    'SpiderMonkey and JavaScriptCore',
    'shortStack@http://localhost/@fs/antiphon/dist/testing/clock/short-stack.js:17:25',
    'connect@http://localhost/@fs/antiphon/dist/testing/offline/client.js:3:4',
    '@http://localhost/@fs/app/chat.test.js:7:2',
  ],
  [
    'a bundle of the library',
    `    at shortStack (${CHROME}:17:25)`,
    `    at connect (${CHROME}:30:4)`,
    '    at http://localhost:5173/chat.test.js:7:2',
  ],
  [
    'a minified bundle',
    'a@http://localhost/lib.js:1:25',
    '@http://localhost/lib.js:1:40',
    '@http://localhost/chat.test.js:7:2',
  ],
])('the stack has the caller alone, as %s writes it', (_name, ...frames) => {
  stubStack(frames)
  expect(shortStack()).toBe(frames.at(-1))
})

test('the stack has what there is where the caller is in the bundle, too', () => {
  const frames = ['a@http://localhost/all.js:1:25', '@http://localhost/all.js:1:40']
  stubStack(frames)
  expect(shortStack()).toBe(frames.join('\n'))
})

function stubStack(frames: readonly string[]): void {
  vi.stubGlobal(
    'Error',
    class {
      readonly stack: string = ['Error: here', ...frames].join('\n')
    },
  )
}
