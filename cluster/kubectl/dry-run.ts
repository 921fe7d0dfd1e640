/** `--dry-run`: what would be done is said, by kubectl alone or by the server, and nothing is done. */
import { CommandError } from './command-error.ts'
import type { Flags } from './flags.ts'

export type DryRun = 'none' | 'client' | 'server'

/** Throws a CommandError in kubectl's words. */
export function dryRunOf(flags: Flags): DryRun {
  const value = flags['dry-run'] ?? 'none'
  if (value === true) return 'client'
  if (value === 'none' || value === 'client' || value === 'server') return value
  throw new CommandError(`error: Invalid dry-run value (${value}). Must be "none", "server", or "client".`)
}

/** What a request to the server has more. */
export const dryRunQuery = (
  how: DryRun,
  query: Readonly<Record<string, string>> = {},
): { readonly query: Readonly<Record<string, string>> } => ({
  query: how === 'server' ? { ...query, dryRun: 'All' } : query,
})

/** What is printed after what would be done. */
export const triedOut = (how: DryRun): string =>
  how === 'server' ? ' (server dry run)' : how === 'client' ? ' (dry run)' : ''
