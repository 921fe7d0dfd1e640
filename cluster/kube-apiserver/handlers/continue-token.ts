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

const WRONG = 'continue key is not valid'
const V1 = '(version meta.k8s.io/v1)'

/** A text: why it is none. Tokens come back from clients, who may have made them up: they lead nowhere but into their own list. */
export function decodeContinue(text: string): ContinueToken | string {
  const odd = /[^A-Za-z0-9_-]/.exec(text)?.index ?? (text.length % 4 === 1 ? text.length - 1 : -1)
  if (odd >= 0) return `${WRONG}: illegal base64 data at input byte ${odd}`
  const token = parsed(text)
  if (token === undefined) return `${WRONG}: encoded token is malformed`
  if (token.v !== 'meta.k8s.io/v1') return `${WRONG}: server does not recognize this encoded version ${JSON.stringify(token.v ?? '')}` // prettier-ignore
  if (token.rv === undefined || token.rv === 0) return `${WRONG}: incorrect encoded start resourceVersion ${V1}`
  if (!token.start) return `${WRONG}: encoded start key empty ${V1}`
  if (!Number.isInteger(token.rv) || typeof token.start !== 'string') return `${WRONG}: encoded token is malformed`
  const isClean = token.start.replace(/^\//, '').split('/').every((part) => part !== '' && part !== '.' && part !== '..') // prettier-ignore
  return isClean ? { revision: token.rv, start: token.start } : `${WRONG}: ${token.start}`
}

interface Given {
  readonly v?: string
  readonly rv?: number
  readonly start?: string
}

function parsed(text: string): Given | undefined {
  try {
    const token = JSON.parse(atob(text.replaceAll('-', '+').replaceAll('_', '/'))) as unknown
    return typeof token === 'object' && token !== null ? token : undefined
  } catch {
    return undefined
  }
}
