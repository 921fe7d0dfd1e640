/** An exercise as the grader is handed it. `grader/` never imports one: the terminal reads folders, the page's build lists them. */
import type { CheckSet } from '../kit/checks.ts'
import type { Limits } from '../sandbox/sandbox.ts'

export interface Exercise {
  readonly id: string
  /** See `exerciseVersion` in `digest.ts`. */
  readonly version: string
  readonly checks: CheckSet
  readonly limits: Partial<Limits>
}

/** The limits in a task's front matter: `limits: { fuel: 50_000_000, memoryMiB: 32 }`. Absent ones have their defaults. */
export function limitsOf(task: string): Partial<Limits> {
  const matter = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/.exec(task)?.[1] ?? ''
  const text = /^limits:\s*\{([^}]*)\}\s*$/m.exec(matter)?.[1] ?? ''
  const limits: { -readonly [K in keyof Limits]?: Limits[K] } = {}
  for (const entry of text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')) {
    const [, name, digits] = /^(\w+):\s*([\d_]+)$/.exec(entry) ?? []
    const value = Number(digits?.replaceAll('_', ''))
    if (name === 'fuel') limits.fuelPerCall = value
    else if (name === 'totalFuel') limits.fuel = value
    else if (name === 'memoryMiB') limits.memoryBytes = value * 1024 * 1024
    else throw new Error(`task.mdx: "${entry}" is no limit; write fuel, totalFuel or memoryMiB with a whole number`)
  }
  return limits
}
