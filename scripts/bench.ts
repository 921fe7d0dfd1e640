/**
 * `npm run bench [-- name …]`: runs each benchmark of scripts/bench/ by itself, one after the other, and prints a table.
 *
 * A benchmark is a file whose default export is a `Benchmark`. Numbers alone rot with the machine, so a row may carry
 * what it is compared with (a bare loop over the same queue, the aim of an issue) and the table prints the ratio.
 * Nothing here passes or fails: a timed assertion fails on busy days and is then ignored.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { discover } from './discover.ts'

/** One line of the table. */
export interface Row {
  /** What was measured, as one reads it aloud: "kernel events per second". */
  what: string
  value: number
  /** `events/s`, `ms`, `kB` … */
  unit: string
  /** What it is held against; the table prints value ÷ this. */
  against?: { what: string; value: number }
  /** What limits it, in a few words. */
  note?: string
}

export interface Benchmark {
  /** As in `npm run bench -- <name>`. */
  name: string
  run(report: (row: Row) => void): void | Promise<void>
}

/** The middle of several runs of `measure`, whose result is the measured number: one number that a hiccup cannot move. */
export function median(runs: number, measure: () => number): number {
  const sorted = Array.from({ length: runs }, measure).sort((a, b) => a - b)
  return sorted[Math.floor(runs / 2)]!
}

/** @returns wall time of `work` in milliseconds */
export function elapsedMs(work: () => void): number {
  const began = performance.now()
  work()
  return performance.now() - began
}

/** Three significant digits, with thousands marked: 3,210,000 · 41.2 · 0.0153. */
export function readable(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const [whole = '', fraction] = Number(value.toPrecision(3)).toString().split('.')
  const marked = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined || whole.includes('e') ? marked : `${marked}.${fraction}`
}

/** @returns the lines of a table with aligned columns */
export function table(rows: Row[]): string[] {
  const cells = rows.map(({ what, value, unit, against, note }) => [
    what,
    `${readable(value)} ${unit}`,
    against ? `${readable(value / against.value)} × ${against.what} (${readable(against.value)})` : '',
    note ?? '',
  ])
  const widths = [0, 1, 2].map((column) => Math.max(0, ...cells.map((row) => row[column]!.length)))
  return cells.map(([what, value, ratio, note]) =>
    `  ${what!.padEnd(widths[0]!)}  ${value!.padStart(widths[1]!)}  ${ratio!.padEnd(widths[2]!)}  ${note}`.trimEnd(),
  )
}

async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true })
  const benchmarks = await discover<Benchmark>(join(import.meta.dirname, 'bench'), positionals)
  console.log(`Node ${process.versions.node} on ${process.platform} ${process.arch}`)
  for (const { name, run } of benchmarks) {
    const rows: Row[] = []
    const began = performance.now()
    await run((row) => {
      rows.push(row)
      // The table comes when all is measured; who waits wants to see that it goes on.
      console.error(`  … ${name}${table([row])[0]}`)
    })
    console.log(`\n${name}  (${((performance.now() - began) / 1000).toFixed(1)} s)`)
    for (const line of table(rows)) console.log(line)
    if (rows.length === 0) throw new Error(`The benchmark "${name}" reported nothing.`)
  }
}

if (import.meta.main) {
  // Not awaited here: the files it loads import this one, which would then wait for itself.
  main().catch((error: Error) => {
    console.error(`✗ ${error.message}`)
    process.exitCode = 1
  })
}
