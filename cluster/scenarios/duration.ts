/** Virtual time as people write and read it. */
import type { Micros } from '#cluster/kernel/component.ts'

const UNITS: Readonly<Record<string, number>> = { us: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3600e6 }

/** `1.5s`, `250ms`, `5m30s` to microseconds. */
export function parseDuration(text: string): Micros {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g)]
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text) {
    throw new Error(`"${text}" is no duration; write one such as 250ms, 50s or 5m30s`)
  }
  return parts.reduce((sum, [, number, unit]) => sum + Math.round(Number(number) * UNITS[unit!]!), 0)
}

/** Seconds with three decimals: `4.214 s`; from a minute on also minutes: `5 min 51.000 s`. */
export function formatMicros(micros: Micros): string {
  const millis = Math.floor(micros / 1000)
  const minutes = Math.floor(millis / 60_000)
  const seconds = ((millis - minutes * 60_000) / 1000).toFixed(3)
  return minutes > 0 ? `${minutes} min ${seconds} s` : `${seconds} s`
}
