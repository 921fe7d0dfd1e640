/** What is written down of a request, and where. */
import { describe, expect, it } from 'vitest'
import type { HttpResponse } from '#cluster/api/http.ts'
import { imageOf } from '#cluster/kernel/disk.ts'
import { CONFIG_MAPS, configMap, Lab, PODS, requestOf, SERVER } from '../lab.ts'
import type { AuditEvent, AuditPolicy } from '../state.ts'

const EVERYTHING: AuditPolicy = { rules: [{ level: 'Metadata' }] }

const newLab = (auditPolicy: AuditPolicy): Lab => {
  const lab = new Lab(1, { auditPolicy, authorizationMode: 'RBAC' })
  lab.run(1_000_000)
  return lab
}

/** What the log on the server's disk says. */
const eventsIn = (lab: Lab): AuditEvent[] => Object.values(logOf(lab)).flat() as AuditEvent[]

/** It is synced once a second. */
const logOf = (lab: Lab) => {
  lab.run(1_500_000)
  return imageOf(lab.world.process(SERVER)!.disk)
}

describe('audit', () => {
  it('writes down a request when it comes and when it is answered', () => {
    const lab = newLab(EVERYTHING)
    const name = lab.start(requestOf('POST', CONFIG_MAPS, configMap('c')))
    lab.run(1_000_000)
    const events = eventsIn(lab)
    expect(events.map(({ stage, verb }) => `${stage} ${verb}`)).toEqual(['RequestReceived create', 'ResponseComplete create']) // prettier-ignore
    expect(events[1]).toMatchObject({
      level: 'Metadata',
      requestURI: CONFIG_MAPS,
      user: { username: 'kubernetes-admin' },
      objectRef: { resource: 'configmaps', namespace: 'default', apiVersion: 'v1' },
      responseStatus: { code: 201 },
      annotations: { 'authorization.k8s.io/decision': 'allow' },
    })
    expect(events[1]).not.toHaveProperty('requestObject')
    const { headers } = lab.heard(name).at(-1)!.body as HttpResponse
    expect(headers?.['audit-id']).toBe(events[0]!.auditID)
  })

  it('tells who is refused, and as whom somebody asked', () => {
    const lab = newLab(EVERYTHING)
    const request = requestOf('GET', PODS)
    lab.start({ ...request, headers: { 'impersonate-user': 'bob' } })
    lab.run(1_000_000)
    expect(eventsIn(lab).at(-1)).toMatchObject({
      user: { username: 'kubernetes-admin' },
      impersonatedUser: { username: 'bob' },
      responseStatus: { code: 403, reason: 'Forbidden' },
      annotations: { 'authorization.k8s.io/decision': 'forbid' },
    })
  })

  it('keeps to the first rule that matches', () => {
    const lab = newLab({
      rules: [
        { level: 'None', verbs: ['get', 'list'] },
        { level: 'RequestResponse', resources: [{ resources: ['configmaps'] }] },
        { level: 'None', resources: [{ resources: ['pods'] }] },
      ],
    })
    lab.send('POST', CONFIG_MAPS, configMap('c', { a: 'b' }))
    lab.send('GET', CONFIG_MAPS)
    lab.send('DELETE', `${PODS}/x`)
    const events = eventsIn(lab)
    expect(events).toHaveLength(2)
    expect(events[1]).toMatchObject({ requestObject: { data: { a: 'b' } }, responseObject: { data: { a: 'b' } } })
  })

  it('tells of a watch when it begins', () => {
    const lab = newLab(EVERYTHING)
    lab.watch(PODS)
    expect(eventsIn(lab).map(({ stage }) => stage)).toEqual(['RequestReceived', 'ResponseStarted'])
  })

  it('keeps two files, of which the older makes room', () => {
    const lab = newLab({ rules: [{ level: 'Metadata', verbs: ['get'] }] })
    for (let i = 0; i < 1_010; i++) lab.start(requestOf('GET', `${PODS}/p-${i}`))
    lab.run(2_000_000)
    const files = logOf(lab)
    expect(Object.entries(files).map(([name, records]) => [name, records.length])).toEqual(
      expect.arrayContaining([
        ['audit-0.log', 20],
        ['audit-1.log', 1_000],
      ]),
    )
  })
})
