import { describe, expect, it } from 'vitest'
import { Lab, pod, PODS } from '../lab.ts'

const SECOND = 1_000_000

describe('a list', () => {
  const three = (): Lab => {
    const lab = new Lab()
    for (const name of ['c', 'a', 'b'])
      lab.send('POST', PODS, pod(name, { app: name }, name === 'b' ? { nodeName: 'node-1' } : {}))
    return lab
  }
  const names = (reply: { body: any }): string => reply.body.items?.map((item: any) => item.metadata.name).join(' ')

  it.each([
    ['nothing', {}, 'a b c'],
    ['a label', { labelSelector: 'app=b' }, 'b'],
    ['a set of labels', { labelSelector: 'app in (a,c)' }, 'a c'],
    ['a node', { fieldSelector: 'spec.nodeName=node-1' }, 'b'],
    ['no node', { fieldSelector: 'spec.nodeName=' }, 'a c'],
    ['a name', { fieldSelector: 'metadata.name=c' }, 'c'],
    ['a name with what must be escaped', { fieldSelector: 'metadata.name=c\\,a' }, ''],
    ['nothing at all', { fieldSelector: '=' }, 'a b c'],
    ['a phase that none has', { fieldSelector: 'status.phase!=Pending' }, ''],
    ['what the cache has', { resourceVersion: '0' }, 'a b c'],
  ])('by %s', (_, query, expected) => {
    expect(names(three().send('GET', PODS, undefined, query as Record<string, string>))).toBe(expected)
  })

  it.each([
    ['spec.image=x', 'field label not supported: spec.image'],
    ['status.phase', "invalid selector: 'status.phase'; can't understand 'status.phase'"],
    ['status.phase=a=b', 'invalid field selector: unescaped character in value: 61'],
    ['status.phase=a\\b', 'invalid field selector: invalid escape sequence: \\b'],
  ])('by the unknown field %s is refused', (fieldSelector, message) => {
    const { status, body } = new Lab().send('GET', PODS, undefined, { fieldSelector })
    expect([status, body.message]).toEqual([400, message])
  })

  it.each([
    ['/apis/batch/v1/jobs', 'spec.x=1', 'field label "spec.x" not supported for Job'],
    ['/api/v1/nodes', 'metadata.namespace=x', 'field label not supported: metadata.namespace'],
    [
      '/api/v1/configmaps',
      'data=x',
      '"data" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ],
  ])('%s knows no %s', (path, fieldSelector, message) => {
    expect(new Lab().send('GET', path, undefined, { fieldSelector }).body.message).toBe(message)
  })

  it('by a label with bad letters says what labels are', () => {
    const { body } = new Lab().send('GET', PODS, undefined, { labelSelector: 'a=-x' })
    expect(body.message).toMatch(
      /^unable to parse requirement: values\[0\]\[a\]: Invalid value: "-x": a valid label must be/,
    )
  })

  it('comes in pages at one revision, whatever happens meanwhile', () => {
    const lab = three()
    const first = lab.send('GET', PODS, undefined, { limit: '2' }).body
    expect([first.items.length, first.metadata.remainingItemCount]).toEqual([2, 1])
    lab.send('DELETE', `${PODS}/c`)
    const second = lab.send('GET', PODS, undefined, { limit: '2', continue: first.metadata.continue })
    expect([names(second), second.body.metadata.resourceVersion]).toEqual(['c', first.metadata.resourceVersion])
    expect(second.body.metadata.continue).toBeUndefined()
  })

  it('fills a page with what the selector wants', () => {
    const lab = three()
    const first = lab.send('GET', PODS, undefined, { limit: '1', labelSelector: 'app in (b,c)' })
    expect([names(first), first.body.metadata.remainingItemCount]).toEqual(['b', undefined])
    const { continue: token } = first.body.metadata
    expect(
      names(lab.send('GET', PODS, undefined, { limit: '1', labelSelector: 'app in (b,c)', continue: token })),
    ).toBe('c')
  })

  it('sees what was written just before, though the cache may not', () => {
    const lab = new Lab()
    for (let i = 0; i < 5; i++) {
      lab.send('POST', PODS, pod(`p${i}`))
      expect(lab.send('GET', PODS).body.items).toHaveLength(i + 1)
    }
  })

  it('of a revision that is far off ends in a timeout that says so', () => {
    const { status, body } = new Lab().send('GET', PODS, undefined, { resourceVersion: '1000' })
    expect([status, body.reason, body.details.causes[0].reason]).toEqual([504, 'Timeout', 'ResourceVersionTooLarge'])
  })

  it('whose next page is compacted is expired, and says how to go on', () => {
    const lab = three()
    const { continue: token } = lab.send('GET', PODS, undefined, { limit: '1' }).body.metadata
    for (let i = 0; i < 5; i++) {
      lab.patch(`${PODS}/a`, { metadata: { labels: { round: String(i) } } })
      lab.run(301 * SECOND)
    }
    const expired = lab.send('GET', PODS, undefined, { limit: '1', continue: token })
    expect([expired.status, expired.body.reason]).toEqual([410, 'Expired'])
    const rest = lab.send('GET', PODS, undefined, { limit: '5', continue: expired.body.metadata.continue })
    expect(names(rest)).toBe('b c')
  })
})
