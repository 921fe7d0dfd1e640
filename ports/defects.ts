/**
 * What becomes of our own mistakes while real clients are attached: the process in which one shows itself dies of it and comes
 * back, as a real one would, the rest of the cluster goes on, and whoever started it is told on stderr what to report.
 *
 * A kernel that dies takes its machine along, which boots again: the kubelet asks for `kernel.panic=10`.
 * What somebody is told is not part of the world: a journal replayed runs into the same mistakes, and mends them the same way.
 */
import type { Defect, World } from '#cluster/kernel/world.ts'

const REBOOT_MICROS = 10_000_000
/** A message is printed in full this often, and then counted. */
const IN_FULL_MAX = 3

export type Report = (where: string, error: unknown, then: string) => void

/** For the world's `onDefect`. */
export function contain(report: Report): (world: World, defect: Defect) => void {
  return (world, { process: id, error, at, tick, event }) => {
    const { spec, parent } = world.process(id) ?? {}
    const what = event ? ` at ${event.type}${'body' in event && event.body ? ` ${event.body.type}` : ''}` : ''
    const where = `${id}${what} (tick ${tick}, ${(at / 1e6).toFixed(3)} s)`
    if (!spec || parent !== -1) return report(where, error, 'it has ended, and whoever started it has been told')
    if (spec.restartAfterMicros !== undefined)
      return report(where, error, `it is started again in ${spec.restartAfterMicros / 1e6} s`)
    if (spec.component === 'linux') {
      world.command(at, { type: 'powerOff', machine: spec.machine })
      world.command(at + REBOOT_MICROS, { type: 'powerOn', machine: spec.machine })
      return report(where, error, `${spec.machine} boots again in ${REBOOT_MICROS / 1e6} s`)
    }
    world.command(at, { type: 'start', process: id })
    report(where, error, 'it is started again at once')
  }
}

/** Tells on `write`; the same mistake again and again only as a number now and then. */
export function reporter(write: (text: string) => void, how: string): Report {
  const counts = new Map<string, number>()
  return (where, error, then) => {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    const key = `${where.split(' ')[0]} ${message}`
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    if (count > IN_FULL_MAX) {
      if (Number.isInteger(Math.log10(count))) write(`clusterwright: ${key}: for the ${count}th time\n`)
      return
    }
    const stack = error instanceof Error && error.stack ? `${error.stack}\n` : `${message}\n`
    write(`clusterwright: our mistake, not yours: ${where} failed; ${then}, and all else goes on.\n${stack}${how}\n`)
  }
}
