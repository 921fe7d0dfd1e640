import { describe, expect, it } from 'vitest'
import { breakable, piecesOf, piecesOfText } from './code-breaks.ts'

describe('long names in running text', () => {
  it.each([
    ['web.default.svc.cluster.local', ['web.', 'default.', 'svc.', 'cluster.', 'local']],
    ['pkg/scheduler/schedule_one.go', ['pkg/', 'scheduler/', 'schedule_', 'one.', 'go']],
    ['10.111.134.136', ['10.111.134.136']],
    ['kube-apiserver', ['kube-apiserver']],
  ])('%s breaks between its parts', (name, pieces) => expect(piecesOf(name)).toEqual(pieces))

  it('is HTML of which nothing is markup but the breaks', () =>
    expect(breakable('/apis/<group>/<version>')).toBe('/apis/&lt;group>/&lt;version>'))

  it.each([
    ['With CRI-O on node-1, a kube-proxy', false, 'With [span CRI-O] on [span node-1], a kube-proxy'],
    ['--watch', true, '[span --watch]'],
    ['/registry/minions/node-1', true, '/registry/[wbr ]minions/[wbr ][span node-1]'],
  ])('%s is told in pieces', (value, isCode, told) =>
    expect(
      piecesOfText(value, isCode)
        .map((piece) => (piece.type === 'text' ? piece.value : `[${piece.tagName} ${piece.children[0]?.value ?? ''}]`))
        .join(''),
    ).toBe(told),
  )
})
