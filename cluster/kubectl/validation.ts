/**
 * `--validate`: what the server is to do with fields that it does not know, of objects that come from files.
 *
 * What we leave out: servers too old to check fields themselves, for which the real one looks into OpenAPI.
 * Where to read upstream: kubectl `pkg/cmd/util/helpers.go` (`GetValidationDirective`).
 */
import { CommandError } from './command-error.ts'
import type { Flags } from './flags.ts'

const DIRECTIVES: Readonly<Record<string, string>> = {
  strict: 'Strict',
  true: 'Strict',
  warn: 'Warn',
  ignore: 'Ignore',
  false: 'Ignore',
}

/** Parameters of the request. Throws a CommandError for a word that says nothing. */
export function validation(flags: Flags): { readonly fieldValidation: string } {
  const word = String(flags['validate'] ?? 'strict')
  if (!Object.hasOwn(DIRECTIVES, word))
    throw new CommandError(`error: invalid - validate option "${word}"; must be one of: strict (or true), warn, ignore (or false)`) // prettier-ignore
  return { fieldValidation: DIRECTIVES[word]! }
}
