import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Bidi, connectBidi } from './bidi.ts'
import { type Browser, browserPath, evaluator } from './browser.ts'

/** Every name that it looks up is this machine: it does not reach the network. */
const SETTINGS = "user_pref('network.dns.native-is-localhost', true);\n"

/** What the event `log.entryAdded` tells. */
interface LogEntry {
  readonly level: string
  readonly text: string | null
  readonly source: { readonly context: string }
}

/** Starts the system's Firefox. Rejects where there is none. */
export async function launchFirefox(): Promise<Browser> {
  const { child, stop } = startFirefox(browserPath('firefox-esr'))
  const logs = new Map<string, (entry: LogEntry) => void>()
  try {
    const bidi = await connectBidi(`${await addressOf(child)}/session`, (params) => {
      // Nothing else is subscribed to.
      const entry = params as LogEntry
      logs.get(entry.source.context)?.(entry)
    })
    // The certificate of the tests is not in the browser's store.
    const capabilities = { alwaysMatch: { acceptInsecureCerts: true } }
    await bidi.command('session.new', { capabilities })
    await bidi.command('session.subscribe', { events: ['log.entryAdded'] })
    return {
      async open(url, print) {
        const profile = await bidi.command<{ userContext: string }>('browser.createUserContext', {})
        const tab = { type: 'tab', ...profile }
        const { context } = await bidi.command<{ context: string }>('browsingContext.create', tab)
        const errors: string[] = []
        logs.set(context, ({ level, text }) => {
          if (level === 'error') errors.push(text ?? '')
          print?.(text ?? '')
        })
        await bidi.command('browsingContext.navigate', { context, url, wait: 'complete' })
        return {
          evaluate: evaluator((expression) => evaluateText(bidi, context, expression)),
          errors,
          close: () => bidi.command('browser.removeUserContext', profile),
        }
      },
      close: stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * Runs a program until the pipe at 3 is closed, as it also is when we are killed; then kills it, and removes the folder that
 * is the first argument.
 */
const GUARDED = '(cat <&3; kill -9 $$; rm -rf "$0") >/dev/null 2>&1 & exec "$@" 3<&-'

/** Starts it with a profile of its own. It does not outlive `stop`, nor this process, whatever becomes of that. */
function startFirefox(path: string): { child: ChildProcess; stop: () => Promise<void> } {
  const profile = mkdtempSync(join(tmpdir(), 'antiphon-firefox-'))
  writeFileSync(join(profile, 'user.js'), SETTINGS)
  const args = ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', profile]
  const child = spawn('sh', ['-c', GUARDED, profile, path, ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    // What kills our group leaves it to clean up.
    detached: true,
  })
  const exited = new Promise((resolve) => child.once('close', resolve))
  return {
    child,
    async stop() {
      child.stdio[3]?.destroy()
      await exited
    },
  }
}

/** Where it takes commands. Rejects when it ends without having said so. */
function addressOf({ stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    // It is read to its end: otherwise Firefox would wait for somebody to read.
    stderr!.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
      const match = /WebDriver BiDi listening on (ws:\S+)/.exec(said)
      if (match !== null) resolve(match[1]!)
    })
    stderr!.on('end', () => reject(new Error(`Firefox did not start: ${said}`)))
  })
}

type Evaluated =
  | { readonly type: 'success'; readonly result: { readonly value: string } }
  | { readonly type: 'exception'; readonly exceptionDetails: { readonly text: string } }

async function evaluateText(bidi: Bidi, context: string, expression: string): Promise<string> {
  const evaluated = await bidi.command<Evaluated>('script.evaluate', {
    expression,
    target: { context },
    awaitPromise: true,
  })
  if (evaluated.type === 'exception') throw new Error(evaluated.exceptionDetails.text)
  return evaluated.result.value
}
