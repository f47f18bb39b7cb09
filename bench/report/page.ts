import type { Results, Setting } from '../results.ts'
import { summary, targetTable } from '../targets/table.ts'
import type { Verdict } from '../targets/verdict.ts'
import { tableOf } from './table.ts'

/** What every reader of figures has to know: where, when and how they were taken. */
export function conditions(setting: Setting): string {
  const { commit, date, machine, time, warm, repeats, load, cores, skipped } = setting
  const shared =
    load > cores
      ? `**The machine was shared**: its load went up to ${load.toFixed(1)} on ${cores} cores. Ignore differences below a quarter, and take wall-clock times only as orders of magnitude.`
      : `The load of the machine, this benchmark included, was at most ${load.toFixed(1)} on ${cores} cores.`
  const hasty =
    warm < 0.5 ? ' **So short a run** measures much code that V8 has not optimized yet.' : ''
  return [
    `Commit ${commit}, ${date}; ${machine}.`,
    shared,
    `${repeats} ${repeats === 1 ? 'run' : 'runs'} of each server, each in a new process, one server after the other in turn; ${warm} s to warm up, then ${time} s measured.${hasty}`,
    ...skipped.map((line) => `Not run: ${line}.`),
  ]
    .map((line) => `- ${line}`)
    .join('\n')
}

/** `docs/performance.md`. */
export function pageOf({ setting, rows }: Results, verdicts: readonly Verdict[]): string {
  return `# Performance

Written by \`npm run bench -- --docs\`; see [CONTRIBUTING](../CONTRIBUTING.md#benchmarks). [How costs grow](cliffs.md) with
connections, message sizes and audiences, and what a second core brings ([Several cores](multi-core.md)), are pages of their own.

${conditions(setting)}
- Servers run from the published build with default options, all checks on; permessage-deflate is on only where it is measured, and then for messages of every size.
- CPU is that of the server alone (of the client, where a client is measured), system time included, divided by what came back to a generator in another process. A burst is answered in full before the next one is sent.
- The table has medians and quartiles. \`÷ ws\` is the ratio to \`ws\`, without native add-ons, in the same round: its median and quartiles. Less is better, except for handshakes.
- \`net\` sends bytes back without WebSocket. As for antiphon, \`handler\` answers in \`onMessage\`, \`session\` in a \`for await\` loop, \`filters\` has a handler behind \`idleTimeout\`, \`rateLimit\` and a counting filter, \`async\` has an asynchronous consumer and listener, \`typed\` a lens for text or bytes, \`stacked\` the loop over a typed session behind those filters. \`public\` is the handler without Node's internals for reading and writing sockets and driving zlib.
- Java virtual machines have at least 4 s to warm up, which is far too little for them.

![Cost beside ws, by workload](performance.svg)
${targetsSection(verdicts)}
## Everything

${tableOf(rows)}
`
}

function targetsSection(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return ''
  return `
## Targets

Targets for the engine, as ratios of CPU in the same round; where more is better, of its inverse. A target is met when
the lower quartile of the pairs is at most the target: ${summary(verdicts)}.
Ratios vary from run to run, so those close to a target may fall on either side of it in another one.

${targetTable(verdicts)}
`
}
