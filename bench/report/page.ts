import type { Results } from '../results.ts'
import { tableOf } from './table.ts'

/** `docs/performance.md`. */
export function pageOf({ setting, rows }: Results): string {
  const { commit, date, machine, time, warm, repeats, load, cores, skipped } = setting
  const shared =
    load > cores
      ? `**The machine was shared**: its load went up to ${load.toFixed(1)} on ${cores} cores. Take no difference below a quarter for established, and times by the clock for nothing more than an order of magnitude.`
      : `The load of the machine, this benchmark included, was at most ${load.toFixed(1)} on ${cores} cores.`
  const hasty =
    warm < 0.5 ? ' **So short a run** measures much code that V8 has not optimized yet.' : ''
  return `# Performance

Written by \`npm run bench -- --docs\`; see [CONTRIBUTING](../CONTRIBUTING.md#benchmarks).

- Commit ${commit}, ${date}; ${machine}.
- ${shared}
- ${repeats} runs of each server, each in a new process, one server after the other in turn; ${warm} s to warm up, then ${time} s measured.${hasty}
- Servers run from the published build with default options, all checks on; permessage-deflate is on where it is what is measured, and then for messages of every size.
- CPU is that of the server alone (of the client, where a client is measured), system time included, over what came back to a generator in another process. A burst is answered in full before the next one is sent.
- Medians, and quartiles. \`÷ ws\` is the ratio to \`ws\`, without native add-ons, in the same round: its median and quartiles. Less is better, but for handshakes.
- \`net\` sends bytes back without WebSocket. Of antiphon, \`handler\` answers in \`onMessage\`, \`session\` in a \`for await\` loop, \`filters\` has a handler behind \`idleTimeout\`, \`rateLimit\` and a counting filter, \`async\` an asynchronous consumer and listener, \`typed\` a lens for text or bytes.
${skipped.map((line) => `- Not run: ${line}.\n`).join('')}
![Cost beside ws, by workload](performance.svg)

${tableOf(rows)}
`
}
