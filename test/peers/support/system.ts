import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Addresses for documentation (RFC 5737, TEST-NET-2): no network has them. */
const HERE = '198.51.100.1'
const THERE = '198.51.100.2'

/** Runs a command of the system; its failure says what the tests need. */
function run(need: string, file: string, ...args: readonly string[]): void {
  try {
    execFileSync(file, args, { stdio: 'pipe' })
  } catch (cause) {
    throw new Error(`${need}; \`${[file, ...args].join(' ')}\` failed`, { cause })
  }
}

function ip(...args: readonly string[]): void {
  run(
    'this test makes a network namespace: it has to be root, with iproute2 installed',
    'ip',
    ...args,
  )
}

/** A network of two: this process, and what runs in a namespace of its own. The cable between them can be cut. */
export interface Network extends Disposable {
  /** The address of this process. */
  readonly here: string
  readonly there: string
  /** A command line to be run in the namespace. */
  command(command: readonly string[]): readonly string[]
  /** Nothing comes through any more, and nobody is told. */
  cut(): void
  mend(): void
}

/** Throws, with what is missing, where namespaces cannot be made. */
export function network(): Network {
  const name = `antiphon-${process.pid}`
  // Names of interfaces have at most 15 characters.
  const near = `ant${process.pid}n`
  const far = `ant${process.pid}f`
  ip('netns', 'add', name)
  const remove = (): void => ip('netns', 'delete', name)
  // The namespace goes at leisure; the address is to be free at once.
  const unplug = (): void => ip('-n', name, 'link', 'delete', far)
  try {
    ip('-n', name, 'link', 'add', far, 'type', 'veth', 'peer', 'name', near)
    ip('-n', name, 'link', 'set', near, 'netns', String(process.pid))
    ip('address', 'add', `${HERE}/30`, 'dev', near)
    ip('link', 'set', near, 'up')
    ip('-n', name, 'address', 'add', `${THERE}/30`, 'dev', far)
    ip('-n', name, 'link', 'set', far, 'up')
  } catch (error) {
    remove()
    throw error
  }
  return {
    here: HERE,
    there: THERE,
    command: (command) => ['ip', 'netns', 'exec', name, ...command],
    cut: () => ip('-n', name, 'link', 'set', far, 'down'),
    mend: () => ip('-n', name, 'link', 'set', far, 'up'),
    [Symbol.dispose]() {
      unplug()
      remove()
    },
  }
}

/** A folder on a file system of its own. */
export interface SmallDisk extends Disposable {
  readonly folder: string
}

/** A disk of so many KiB, in memory. Throws, with what is missing, where none can be mounted. */
export function smallDisk(size: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'small-disk-'))
  const need = 'this test mounts a small file system: it has to be root'
  try {
    run(need, 'mount', '-t', 'tmpfs', '-o', `size=${size}k`, 'small-disk', folder)
  } catch (error) {
    rmdirSync(folder)
    throw error
  }
  return {
    folder,
    [Symbol.dispose]() {
      run(need, 'umount', folder)
      rmdirSync(folder)
    },
  }
}
