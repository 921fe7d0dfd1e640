/**
 * The `continue` token of a paged list: where the next page starts, and at which revision.
 *
 * Where to read upstream: apiserver `pkg/storage/continue.go`.
 */
export interface ContinueToken {
  /** -1: whatever is newest; the list is not consistent any more. */
  readonly revision: number
  /** First key of the next page, without the prefix. */
  readonly start: string
}

export const EXPIRED_TEXT =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'

export function encodeContinue({ revision, start }: ContinueToken): string {
  const json = JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start })
  return btoa(json).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

export function decodeContinue(text: string): ContinueToken | undefined {
  try {
    const token = JSON.parse(atob(text.replaceAll('-', '+').replaceAll('_', '/'))) as {
      v: string
      rv: number
      start: string
    }
    if (token.v !== 'meta.k8s.io/v1' || !Number.isInteger(token.rv) || typeof token.start !== 'string') return undefined
    return { revision: token.rv, start: token.start }
  } catch {
    return undefined
  }
}
