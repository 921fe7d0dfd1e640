/**
 * Programs of a few lines.
 *
 * `burn` also holds `MEMORY` (`200Mi`; default: it does not say), and changes both when it is told (`Load`).
 * `crash` exits with `EXIT_CODE` (default 1) after `AFTER_SECONDS` (default 0). `burn` uses `CPU_MILLI` thousandths of a CPU
 * (default 1000). `sleep` sleeps for as many seconds as its last argument says, or for ever; like any first process without
 * a handler it does not hear SIGTERM. Given another command than `sleep`, it is a shell that runs it. With `HEALTHY_FOR_SECONDS` the file `/healthy` is there that long.
 */
import type { Body, Micros } from '#cluster/kernel/component.ts'
import type { ProgramIo } from '#cluster/linux/program.ts'
import { program } from '#cluster/linux/program.ts'

const numberOf = (text: string | undefined, otherwise: number): number =>
  text !== undefined && text !== '' && Number(text) >= 0 ? Number(text) : otherwise

/** More is asked of a program, or less: what it uses from now on, in bytes and in thousandths of a CPU. */
export interface Load extends Body {
  readonly type: 'load'
  readonly memory?: number
  readonly cpu?: number
}

const UNITS: Readonly<Record<string, number>> = { Ki: 1024, Mi: 1_048_576, Gi: 1_073_741_824 }

function bytesOf(text: string | undefined): number | undefined {
  const [, number, unit = ''] = /^(\d+)(Ki|Mi|Gi)?$/.exec(text ?? '') ?? []
  return number === undefined ? undefined : Number(number) * (UNITS[unit] ?? 1)
}

interface Started {
  startedAt: Micros
}

function files(own: Started, io: ProgramIo): readonly string[] {
  const age = (io.ctx.now - own.startedAt) / 1_000_000
  return age < numberOf(io.options.env['HEALTHY_FOR_SECONDS'], Infinity) ? ['/healthy'] : []
}

export const crash = program<Started>({
  name: 'crash',
  init: () => ({ startedAt: 0 }),
  started(own, io) {
    own.startedAt = io.ctx.now
    io.wake('crash', numberOf(io.options.env['AFTER_SECONDS'], 0) * 1_000_000)
  },
  timer(_, io) {
    const code = numberOf(io.options.env['EXIT_CODE'], 1)
    io.print(`giving up with exit code ${code}\n`)
    io.exit(code)
  },
  files,
})

export const burn = program<Started>({
  name: 'burn',
  init: () => ({ startedAt: 0 }),
  started(own, io) {
    own.startedAt = io.ctx.now
    const memory = bytesOf(io.options.env['MEMORY'])
    const hold = memory === undefined ? [] : [{ call: 'useMemory', bytes: memory } as const]
    io.quiet([{ call: 'useCpu', milli: numberOf(io.options.env['CPU_MILLI'], 1_000) }, ...hold])
  },
  event(_, io, event) {
    if (event.type !== 'message' || event.body.type !== 'load') return
    const { memory, cpu } = event.body as Load
    if (cpu !== undefined) io.quiet([{ call: 'useCpu', milli: cpu }])
    if (memory !== undefined) io.quiet([{ call: 'useMemory', bytes: memory }])
  },
  files,
})

export const sleep = program<Started>({
  name: 'sleep',
  init: () => ({ startedAt: 0 }),
  started(own, io) {
    own.startedAt = io.ctx.now
    if (!io.options.argv[0]?.endsWith('sleep')) return io.becomeShell()
    const seconds = numberOf(io.options.argv[io.options.argv.length - 1], Infinity)
    if (seconds !== Infinity) io.wake('done', seconds * 1_000_000)
  },
  timer: (_, io) => io.exit(0),
  onTerminate: 'ignore',
  files,
})
