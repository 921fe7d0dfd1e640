/** What a quota counts, what it refuses, and that two who come at once cannot both have what is left for one. */
import { describe, expect, it } from 'vitest'
import { configMap, CONFIG_MAPS, Lab, pod, PODS, requestOf, service, SERVICES } from '../lab.ts'

const QUOTAS = '/api/v1/namespaces/default/resourcequotas'

/** A lab with one quota, as its controller would have it at the start. */
function newLab(hard: Record<string, string>, spec: object = {}, used: Record<string, string> = {}): Lab {
  const lab = new Lab(1, { admissionPlugins: ['ResourceQuota'] })
  lab.run(1_000_000)
  lab.send('POST', QUOTAS, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard, ...spec } }) // prettier-ignore
  const none = Object.fromEntries(Object.keys(hard).map((name) => [name, '0']))
  lab.patch(`${QUOTAS}/q/status`, { status: { hard, used: { ...none, ...used } } })
  lab.run(100_000)
  return lab
}

const usedIn = (lab: Lab) => lab.send('GET', `${QUOTAS}/q`).body.status.used
const asking = (name: string, requests: object, more: object = {}) => pod(name, {}, { containers: [{ name: 'app', image: 'app', resources: { requests } }], ...more }) // prettier-ignore

describe('a quota', () => {
  it('counts what is created', () => {
    const lab = newLab({ pods: '5', 'requests.cpu': '1', memory: '1Gi', 'count/pods': '9' })
    lab.send('POST', PODS, asking('a', { cpu: '250m', memory: '64Mi' }))
    lab.send('POST', PODS, asking('b', { cpu: '250m', memory: '64Mi' }))
    expect(usedIn(lab)).toEqual({ pods: '2', 'requests.cpu': '500m', memory: '128Mi', 'count/pods': '2' })
  })

  it.each([
    ['too much', { cpu: '800m' }, { 'requests.cpu': '1' }, { 'requests.cpu': '300m' }, 'exceeded quota: q, requested: requests.cpu=800m, used: requests.cpu=300m, limited: requests.cpu=1'],
    ['too many', {}, { pods: '2' }, { pods: '2' }, 'exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2'],
    ['what is not said', {}, { 'limits.cpu': '1', 'requests.memory': '1Gi' }, {}, 'failed quota: q: must specify limits.cpu for: app; requests.memory for: app'],
  ])('refuses %s', (_, requests, hard, used, why) => {
    const { status, body } = newLab(hard, {}, used).send('POST', PODS, asking('p', requests))
    expect([status, body.reason, body.message]).toEqual([403, 'Forbidden', `pods "p" is forbidden: ${why}`])
  }) // prettier-ignore

  it('that nobody has counted yet refuses what it is about', () => {
    const lab = new Lab(1, { admissionPlugins: ['ResourceQuota'] })
    lab.run(1_000_000)
    lab.send('POST', QUOTAS, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { pods: '1' } } }) // prettier-ignore
    lab.run(100_000)
    expect(lab.send('POST', PODS, pod('p')).body.message).toBe(
      'pods "p" is forbidden: status unknown for quota: q, resources: pods',
    )
    expect(lab.send('POST', CONFIG_MAPS, configMap('c')).status).toBe(201)
  })

  it('gives the last one to one of those who come at once', () => {
    const lab = newLab({ pods: '3' })
    const names = Array.from({ length: 8 }, (_, i) => lab.start(requestOf('POST', PODS, pod(`p-${i}`))))
    lab.run(2_000_000)
    const codes = names.map((name) => lab.replyTo(name)!.status)
    expect(codes.filter((code) => code === 201)).toHaveLength(3)
    expect(codes.filter((code) => code === 403)).toHaveLength(5)
    expect(usedIn(lab)).toEqual({ pods: '3' })
    expect(lab.send('GET', PODS).body.items).toHaveLength(3)
  })

  it('is not charged for a dry run', () => {
    const lab = newLab({ pods: '1' })
    expect(lab.send('POST', PODS, pod('p'), { dryRun: 'All' }).status).toBe(201)
    expect(usedIn(lab)).toEqual({ pods: '0' })
  })

  it('counts objects of any kind, and what Services take', () => {
    const lab = newLab({ configmaps: '1', 'count/services': '2', 'services.nodeports': '1' })
    expect(lab.send('POST', CONFIG_MAPS, configMap('a')).status).toBe(201)
    expect(lab.send('POST', CONFIG_MAPS, configMap('b')).body.message).toContain('requested: configmaps=1')
    lab.send('POST', SERVICES, service('s'))
    lab.run(100_000)
    const grown = lab.patch(`${SERVICES}/s`, { spec: { type: 'NodePort', ports: [{ port: 1, name: 'a' }, { port: 2, name: 'b' }] } }) // prettier-ignore
    expect(grown.body.message).toContain(
      'exceeded quota: q, requested: services.nodeports=2, used: services.nodeports=0',
    )
    expect(usedIn(lab)).toMatchObject({ 'count/services': '1', 'services.nodeports': '0' })
  })

  it.each([
    ['BestEffort', { scopes: ['BestEffort'] }, 1],
    ['NotBestEffort', { scopes: ['NotBestEffort'] }, 2],
    ['Terminating', { scopes: ['Terminating'] }, 1],
    ['a class of priority', { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] } }, 1], // prettier-ignore
  ])('is about the Pods of its scope: %s', (_, spec, count) => {
    const lab = newLab({ pods: '9' }, spec)
    lab.send('POST', PODS, pod('plain'))
    lab.send('POST', PODS, asking('short', { cpu: '1m' }, { activeDeadlineSeconds: 5 }))
    lab.send('POST', PODS, asking('high', { cpu: '1m' }, { priorityClassName: 'high' }))
    expect(usedIn(lab)).toEqual({ pods: String(count) })
  })
})
