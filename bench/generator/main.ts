import type { Workload } from '../case.ts'
import { broadcast } from './broadcast.ts'
import { closing, handshakes, idle } from './connections.ts'
import { echo } from './echo.ts'
import { receive } from './receive.ts'
import type { Outcome, Task } from './task.ts'
import { tell } from './usage.ts'

const LOADS: Readonly<Record<Workload, (task: Task) => Promise<Outcome>>> = {
  echo,
  broadcast,
  deflate: echo,
  'deflate-broadcast': broadcast,
  handshakes,
  idle,
  receive,
  closing,
}

// Whoever started it is gone: there is nobody to measure for.
process.on('disconnect', () => process.exit(1))

try {
  const task: Task = JSON.parse(process.argv[2] ?? '')
  tell({ type: 'done', outcome: await LOADS[task.case.workload](task) })
} catch (error) {
  tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
}
