/** How the workbench writes quantities: virtual time, fuel, digests, and how long ago. */
import { words } from './words.ts'

/** Virtual time for people: `3.100 s`, `42 ms`, `1 h 02 min 03 s`. Never rounds a moment onto another one's label. */
export function formatMicros(micros: number): string {
  if (micros < 1_000) return `${micros} µs`
  if (micros < 1_000_000) return `${trimZeros((micros / 1_000).toFixed(3))} ms`
  const seconds = micros / 1_000_000
  if (seconds < 60) return `${micros % 1_000 === 0 ? seconds.toFixed(3) : seconds.toFixed(6)} s`
  const whole = Math.floor(seconds)
  const rest =
    micros % 1_000_000 === 0 ? pad(whole % 60) : pad(whole % 60) + (micros / 1_000_000 - whole).toFixed(3).slice(1)
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes} min ${rest} s`
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min ${rest} s`
}

/** A moment to go to, where a thousandth of a second is near enough. */
export function formatMoment(micros: number): string {
  return formatMicros(micros < 1_000_000 ? micros : Math.floor(micros / 1_000) * 1_000)
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}

function trimZeros(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal
}

/** Fuel for people: `812`, `41 k`, `2.1 M`, `1.3 G`. */
export function formatFuel(units: number): string {
  const steps: [number, string][] = [
    [1_000_000_000, ' G'],
    [1_000_000, ' M'],
    [1_000, ' k'],
  ]
  for (const [size, sign] of steps) {
    if (units < size) continue
    const value = units / size
    return `${value < 10 ? trimZeros(value.toFixed(1)) : Math.floor(value)}${sign}`
  }
  return String(units)
}

/** `7f3a…c1`: enough of a digest to compare by eye. */
export function shortDigest(digest: string): string {
  return digest.length <= 8 ? digest : `${digest.slice(0, 4)}…${digest.slice(-2)}`
}

/** How long ago something was saved, in words that need no update more often than `nextChangeMs`. */
export function formatAgo(elapsedMs: number): { text: string; nextChangeMs: number } {
  const { justNow, ago } = words()
  const seconds = Math.max(0, Math.floor(elapsedMs / 1_000))
  if (seconds < 2) return { text: justNow, nextChangeMs: 2_000 }
  if (seconds < 10) return { text: ago(seconds, 's'), nextChangeMs: 1_000 }
  if (seconds < 60) return { text: ago(Math.floor(seconds / 10) * 10, 's'), nextChangeMs: 10_000 }
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return { text: ago(minutes, 'min'), nextChangeMs: 60_000 }
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return { text: ago(hours, 'h'), nextChangeMs: 3_600_000 }
  return { text: ago(Math.floor(hours / 24), 'days'), nextChangeMs: 3_600_000 }
}
