import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { requestOf } from './read-request.ts'

const read = (method: string, url: string) =>
  requestOf({ method, url, headers: {} } as unknown as IncomingMessage, Buffer.alloc(0), undefined)

describe('a query', () => {
  it.each([
    ['a=1&a=2', { a: '1' }],
    ['dryRun=All&dryRun=X', { dryRun: 'All\nX' }],
    ['labelSelector=%zz&limit=1', { limit: '1' }],
    ['labelSelector=a=b;c=d&limit=1', { limit: '1' }],
    ['labelSelector=a%3Bb', { labelSelector: 'a;b' }],
    ['limit', { limit: '' }],
    ['watch=FALSE', { watch: 'false' }],
    ['watch=what', { watch: 'true' }],
  ])('%s says %j', (text, query) => {
    expect(read('GET', `/api/v1/pods?${text}`)).toMatchObject({ query })
    expect(Object.keys((read('GET', `/api/v1/pods?${text}`) as { query: object }).query)).toEqual(Object.keys(query))
  })
})

describe('who wants no answer', () => {
  it.each(['/', '/healthz', '/readyz?verbose', '/apis', '/metrics', '/openapi/v2'])('may ask for %s', (url) => {
    expect(read('HEAD', url)).toMatchObject({ method: 'GET' })
  })

  it.each(['/api/v1/nodes/n/proxy/healthz', '/api/v1/namespaces/n/pods/p/proxy/?a=b'])(
    'has %s answered by whoever is behind it',
    (url) => {
      expect(read('HEAD', url)).toMatchObject({ method: 'HEAD' })
    },
  )

  it.each(['/api/v1', '/api/v1/pods', '/apis/apps/v1', '/version'])('may not ask for %s', (url) => {
    expect(read('HEAD', url)).toBe('method')
  })
})

it('a body of no type is JSON, even where the header is there', () => {
  const message = { method: 'POST', url: '/api/v1/pods', headers: { 'content-type': '' } } as unknown as IncomingMessage
  expect(requestOf(message, Buffer.from('{"a":1}'), undefined)).toMatchObject({ body: { a: 1 } })
})

it.each([
  ['application/vnd.kubernetes.protobuf', 'k8s\0x', 'the object provided is unrecognized (must be of type {kind}): unexpected EOF (6b38730078)'],
  ['application/yaml', 'a: [b', "the object provided is unrecognized (must be of type {kind}): yaml: line 1: did not find expected ',' or ']' (613a205b62)"],
  ['application/apply-patch+yaml', 'a: b: c', 'error decoding YAML: error converting YAML to JSON: yaml: mapping values are not allowed in this context'],
])('a body of %s that is none: %j', (type, text, message) => {
  const method = type.includes('patch') ? 'PATCH' : 'POST'
  const sent = { method, url: '/api/v1/pods', headers: { 'content-type': type } } as unknown as IncomingMessage
  expect((requestOf(sent, Buffer.from(text), undefined) as { malformed: object }).malformed).toMatchObject({ message })
}) // prettier-ignore
