import process from 'node:process'

/**
 * The line between a subject and whoever started it: says that it is ready, on which port, and in which processes; tells
 * its use when asked with `usage`; stops with `stop`, and when nobody is there any more. For every runtime that has
 * `node:process`.
 */
export function ready(
  port: number,
  stop: () => unknown = () => {},
  pids: readonly number[] = [process.pid],
): void {
  let text = ''
  process.stdin.setEncoding('utf8')
  process.stdin.on('data', (chunk: string) => {
    text += chunk
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) answer(line)
  })
  process.stdin.on('end', () => process.exit(0))
  process.stdout.write(`port ${port} ${pids.join()}\n`)

  function answer(line: string): void {
    if (line === 'stop') stop()
    if (line !== 'usage') return
    const { user, system } = process.cpuUsage()
    const usage = { cpu: user + system, rss: process.memoryUsage().rss }
    process.stdout.write(`usage ${JSON.stringify(usage)}\n`)
  }
}
