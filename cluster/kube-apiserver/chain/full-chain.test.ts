/** The exam of every component, with all stages of the chain: same seed, same trace; a checkpoint anywhere changes nothing. */
import { expect, it } from 'vitest'
import type { HttpRequest } from '#cluster/api/http.ts'
import type { Body, Component } from '#cluster/kernel/component.ts'
import { examine } from '#cluster/kernel/exam.ts'
import type { World } from '#cluster/kernel/world.ts'
import { FULL_CHAIN } from './full-chain.ts'
import { configMap, CONFIG_MAPS, newLabWorld, pod, PODS, requestOf } from '../lab.ts'

const QUOTA = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { pods: '3' } } }
const ACCOUNT = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } }
const TOKEN = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }
const API = '/api/v1/namespaces/default'

function world(seed: number, wrap: (component: Component) => Component): World {
  const it = newLabWorld(seed, { ...FULL_CHAIN, auditPolicy: { rules: [{ level: 'Metadata' }] } }, wrap)
  let at = 1_000_000
  const ask = (request: HttpRequest): void => {
    const body = { type: 'ask', name: `r-${at}`, to: 'cp-1/kube-apiserver', body: request } as Body
    it.command((at += 20_000), { type: 'tell', process: 'laptop/probe', body })
  }
  ask(requestOf('POST', `${API}/resourcequotas`, QUOTA))
  ask(requestOf('PATCH', `${API}/resourcequotas/q/status`, { status: { hard: { pods: '3' }, used: { pods: '0' } } }, undefined, 'application/merge-patch+json')) // prettier-ignore
  // It waits for its account.
  ask(requestOf('POST', PODS, pod('early')))
  ask(requestOf('POST', `${API}/serviceaccounts`, ACCOUNT))
  for (let i = 0; i < 5; i++) ask(requestOf('POST', PODS, pod(`p-${i}`)))
  ask(requestOf('POST', `${API}/serviceaccounts/default/token`, TOKEN))
  ask({ ...requestOf('POST', CONFIG_MAPS, configMap('c')), user: { name: 'somebody', groups: [] } })
  return it
}

it('stands the exam, and is the same after a checkpoint anywhere', () => {
  expect(() => examine({ build: world, untilMicros: 6_000_000, forks: 12 })).not.toThrow()
})
