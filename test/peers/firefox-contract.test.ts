import { describeRuntime } from '../support/runtime-tests.ts'

await describeRuntime('Firefox')
