/** Documents that seldom change bear a tag; who shows it again is told that nothing has changed. */
import type { HttpRequest, HttpResponse } from '#cluster/api/http.ts'
import { hashString } from '#cluster/kernel/random.ts'

const tags = new WeakMap<object, string>()

/** A tag from what the document says. */
export function entityTag(body: object): string {
  let tag = tags.get(body)
  if (tag === undefined) {
    const text = JSON.stringify(body)
    const words = [1, 2, 3, 4].map((seed) => hashString(text, seed).toString(16).toUpperCase().padStart(8, '0'))
    tags.set(body, (tag = `"${words.join('')}"`))
  }
  return tag
}

/** The document, or 304 for a client that has it. */
export function tagged(request: HttpRequest, body: object, contentType: string): HttpResponse {
  const etag = entityTag(body)
  const headers = { etag, vary: 'Accept', 'cache-control': 'public' }
  if (request.headers?.['if-none-match'] === etag) return { type: 'response', status: 304, headers }
  return { type: 'response', status: 200, headers: { ...headers, 'content-type': contentType }, body }
}
