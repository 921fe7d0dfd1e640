/** What figures say in a Spanish page. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Described } from '#cluster/scenarios/described.ts'
import { sentenceOf } from './sentences.ts'
import { say, words } from './words.ts'

const page = (lang: string) => ({ querySelector: () => null, documentElement: { lang } })
const event = (more: Partial<Described>): Described => ({ tick: 1, at: 0, cause: 0, kind: 'request', label: '', verb: '', resource: '', name: '', from: undefined, to: '', failed: false, background: false, remark: '', ...more }) // prettier-ignore

describe('in a Spanish page', () => {
  beforeEach(() => vi.stubGlobal('document', page('es')))
  afterEach(() => vi.unstubAllGlobals())

  it('figures speak Spanish', () => {
    expect(say('yes', 'sí')).toBe('sí')
    expect(words().play).toBe('Reproducir')
    vi.stubGlobal('document', page('en'))
    expect(say('yes', 'sí')).toBe('yes')
  })

  it.each([
    [{ verb: 'POST', resource: 'pods', name: 'web', from: 'cp-1/kube-controller-manager', to: 'cp-1/kube-apiserver' }, 'El gestor de controladores pide a el servidor de API que cree el Pod web'], // prettier-ignore
    [{ verb: 'txn put', resource: 'pods', name: 'web', from: 'cp-1/kube-apiserver', to: 'cp-1/etcd' }, 'El servidor de API escribe el Pod web en etcd'], // prettier-ignore
    [{ kind: 'watch', verb: 'DELETED', resource: 'pods', name: 'web', to: 'node-1/kubelet' }, 'El kubelet de node-1 ve por su watch: el Pod web, ya no existe'], // prettier-ignore
    [{ kind: 'fault', label: 'powerOff node-3' }, 'node-3 se queda sin corriente'],
    [{ kind: 'start', to: 'cp-1/etcd' }, 'etcd arranca'],
  ] satisfies [Partial<Described>, string][])('%o', (more, sentence) => {
    expect(sentenceOf(event(more))).toBe(sentence.replace(' a el ', ' al '))
  })
})
