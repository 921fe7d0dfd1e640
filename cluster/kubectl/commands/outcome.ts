/** What the commands that change objects share. */
import type { Outcome } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { Flags } from '../flags.ts'
import { namespaceOf } from '../flags.ts'
import type { Target } from '../resource-arguments.ts'

export const namespaceFor = (target: Target, flags: Flags): string | undefined =>
  target.resource.namespaced ? namespaceOf(flags) : undefined

export const summary = (lines: readonly string[], errors: readonly string[]): Outcome => ({
  ...(lines.length > 0 && { output: `${lines.join('\n')}\n` }),
  ...(errors.length > 0 && { errors: `${errors.join('\n')}\n`, exitCode: 1 }),
})

export function wholeNumber(text: string, flag: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new CommandError(
    `error: invalid argument "${text}" for "--${flag}" flag: strconv.ParseInt: parsing "${text}": invalid syntax`,
  )
}
