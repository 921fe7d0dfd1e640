import { expect, it } from 'vitest'
import { Lab, pod, PODS } from '../lab.ts'

it('a Pod that two budgets protect is not evicted, and nobody is to blame', () => {
  const lab = new Lab()
  lab.send('POST', PODS, { ...pod('a'), metadata: { name: 'a', labels: { app: 'a' } } })
  lab.patch(`${PODS}/a/status`, { status: { phase: 'Running' } })
  for (const name of ['one', 'two']) {
    const spec = { minAvailable: 1, selector: { matchLabels: { app: 'a' } } }
    const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name }, spec }
    lab.send('POST', '/apis/policy/v1/namespaces/default/poddisruptionbudgets', budget)
  }
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'a' } }
  const { body } = lab.send('POST', `${PODS}/a/eviction`, eviction)
  expect([body.code, body.reason, body.message]).toEqual([
    500,
    undefined,
    'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
  ])
})
