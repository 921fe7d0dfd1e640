import { describe, expect, it } from 'vitest'
import type { Resource } from '#cluster/api/resources.ts'
import { apiVersionOf, RESOURCES } from '#cluster/api/resources.ts'
import { Lab } from '../lab.ts'

const STORED = RESOURCES.filter(({ verbs }) => verbs.includes('watch'))

const collectionOf = (row: Resource): string => {
  const root = row.group === '' ? `/api/${row.version}` : `/apis/${row.group}/${row.version}`
  return `${root}${row.namespaced ? '/namespaces/default' : ''}/${row.resource}`
}

describe('a kind that nobody has asked for', () => {
  it('has no cache until somebody does', () => {
    const lab = new Lab()
    lab.run(1_000_000)
    expect(lab.state.caches['secrets']).toBeUndefined()
    expect(lab.send('GET', '/api/v1/namespaces/default/secrets').body.items).toEqual([])
    expect(lab.state.caches['secrets']!.revision).toBeGreaterThan(0)
    const watch = lab.watch('/api/v1/secrets')
    lab.send('POST', '/api/v1/namespaces/default/secrets', { metadata: { name: 'key' } })
    lab.run(100_000)
    expect(lab.told(watch)).toBe('ADDED key')
  })

  it('does not hold up who asks for others', () => {
    const lab = new Lab()
    lab.run(1_000_000)
    const slow = lab.start({ type: 'request', method: 'GET', path: '/api/v1/secrets' })
    const fast = lab.start({ type: 'request', method: 'GET', path: '/api/v1/pods', query: { resourceVersion: '0' } })
    lab.world.run({ untilMicros: lab.world.now + 1_000_000, until: () => lab.replyTo(fast) !== undefined })
    expect(lab.replyTo(slow)).toBeUndefined()
    lab.run(1_000_000)
    expect(lab.replyTo(slow)!.status).toBe(200)
  })

  it('is watched again after etcd was away', () => {
    const lab = new Lab()
    lab.run(1_000_000)
    lab.send('GET', '/api/v1/secrets')
    lab.world.command(lab.world.now, { type: 'crash', process: 'cp-1/etcd' })
    lab.run(100_000)
    lab.world.command(lab.world.now, { type: 'start', process: 'cp-1/etcd' })
    lab.run(5_000_000)
    lab.send('POST', '/api/v1/namespaces/default/secrets', { metadata: { name: 'key' } })
    lab.run(1_000_000)
    expect(lab.state.caches['secrets']!.objects.has('default/key')).toBe(true)
  })
})

describe('every built-in kind', () => {
  const lab = new Lab()
  lab.run(1_000_000)

  it.each(STORED.map((row): [string, Resource] => [`${row.resource}.${apiVersionOf(row)}`, row]))(
    '%s is listed and watched',
    (_, row) => {
      const { status, body } = lab.send('GET', collectionOf(row))
      expect(status).toBe(200)
      expect(body).toMatchObject({ kind: `${row.kind}List`, apiVersion: apiVersionOf(row) })
      const watch = lab.watch(collectionOf(row), { resourceVersion: body.metadata.resourceVersion })
      expect(lab.heard(watch)[0]).toMatchObject({ how: 'data', body: { status: 200 } })
      lab.hangUp(watch)
      expect(lab.send('GET', `${collectionOf(row)}/nobody`).status).toBe(404)
    },
  )
})
