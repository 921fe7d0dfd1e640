import { describe, expect, it } from 'vitest'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import type { HttpResponse } from '#cluster/api/http.ts'
import type { Query } from '../lab.ts'
import { deployment, DEPLOYMENTS, Lab, requestOf } from '../lab.ts'
import { conform } from './conform.ts'
import { withoutTwins } from './owners.ts'

const podSpec = builtInSchemas.typeNamed('core/v1.PodSpec')
const pod = builtInSchemas.typeOfKind('v1', 'Pod')!

function problemOf(spec: unknown): string | undefined {
  return conform(builtInSchemas, pod, { metadata: { name: 'web' }, spec }).problem
}

describe('a value of the wrong type', () => {
  const container = (fields: object) => ({ containers: [{ name: 'app', image: 'app', ...fields }] })

  it.each<[string, unknown, string]>([
    ['text for a number', { terminationGracePeriodSeconds: 'soon' }, 'cannot unmarshal string into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64'], // prettier-ignore
    ['a fraction for a whole number', { priority: 1.5 }, 'cannot unmarshal number 1.5 into Go struct field PodSpec.spec.priority of type int32'], // prettier-ignore
    ['more than 32 bits', { priority: 3e9 }, 'cannot unmarshal number 3000000000 into Go struct field PodSpec.spec.priority of type int32'], // prettier-ignore
    ['an object for a list', { containers: {} }, 'cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container'], // prettier-ignore
    ['text for an object', { securityContext: 'none' }, 'cannot unmarshal string into Go struct field PodSpec.spec.securityContext of type v1.PodSecurityContext'], // prettier-ignore
    ['a number for a text, deep down', container({ env: [{ name: 'A', value: 1 }] }), 'cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type string'], // prettier-ignore
    ['a list for a map', { nodeSelector: [] }, 'cannot unmarshal array into Go struct field PodSpec.spec.nodeSelector of type map[string]string'], // prettier-ignore
    ['text for yes or no', { hostNetwork: 'yes' }, 'cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool'], // prettier-ignore
  ])('%s', (_, spec, text) => {
    expect(problemOf(spec)).toBe(`json: ${text}`)
  })

  it('is no quantity, no time', () => {
    expect(problemOf(container({ resources: { requests: { cpu: 'much' } } }))).toMatch(/^quantities must match/)
    expect(conform(builtInSchemas, pod, { metadata: { creationTimestamp: 'now' } }).problem).toBe(
      'parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"',
    )
  })
})

describe('what is right', () => {
  it('stays the very same object', () => {
    const spec = { containers: [{ name: 'app', image: 'app', resources: { limits: { memory: '1Gi' } } }] }
    expect(conform(builtInSchemas, podSpec, spec).value).toBe(spec)
  })

  it('is nothing where a map gives a null: an empty text, no amount', () => {
    const spec = { containers: [{ name: 'app', image: 'app', resources: { limits: { cpu: null } } }] }
    expect(conform(builtInSchemas, podSpec, spec).value).toMatchObject({
      containers: [{ resources: { limits: { cpu: '0' } } }],
    })
  })

  it('takes its canonical form, and loses what says nothing', () => {
    const spec = {
      containers: [{ name: 'app', lifecycle: null, resources: { requests: { cpu: 0.5, memory: '1024Mi' } } }],
      nodeSelector: { disk: null },
      hostname: null,
    }
    expect(conform(builtInSchemas, podSpec, spec).value).toEqual({
      containers: [{ name: 'app', resources: { requests: { cpu: '500m', memory: '1Gi' } } }],
      nodeSelector: { disk: '' },
    })
  })
})

describe('fieldValidation', () => {
  const lab = new Lab(1, {}, builtInSchemas)
  lab.run(1_000_000)
  const body = deployment('web', { replikas: 3, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'app', imagee: 'x' }] } } }) // prettier-ignore

  function ask(name: string, query: Query): HttpResponse & { body: any } {
    const sent = { ...body, metadata: { name } }
    const asked = lab.start(requestOf('POST', DEPLOYMENTS, { ...sent, spec: { ...body.spec } }, query))
    lab.run(1_000_000)
    return lab.heard(asked).at(-1)!.body as HttpResponse & { body: any }
  }

  it('Strict refuses what no type knows', () => {
    const { status, body } = ask('strict', { fieldValidation: 'Strict' })
    expect(status).toBe(400)
    expect(body.message).toBe(
      'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.template.spec.containers[0].imagee", unknown field "spec.replikas"',
    )
    expect(lab.send('GET', `${DEPLOYMENTS}/strict`).status).toBe(404)
  })

  it('Warn drops it and says so, also where nothing is asked for', () => {
    for (const query of [{ fieldValidation: 'Warn' }, {}] as Query[]) {
      const answer = ask(`warn-${Object.keys(query).length}`, query)
      expect(answer.status).toBe(201)
      expect(answer.headers!['warning']).toBe(
        '299 - "unknown field \\"spec.template.spec.containers[0].imagee\\"", 299 - "unknown field \\"spec.replikas\\""',
      )
      expect(answer.body.spec.replikas).toBeUndefined()
    }
  })

  it('Ignore drops it', () => {
    const answer = ask('ignored', { fieldValidation: 'Ignore' })
    expect(answer.headers).toBeUndefined()
    expect(answer.body.spec.template.spec.containers[0].imagee).toBeUndefined()
  })

  it('holds for patches, too', () => {
    const path = `${DEPLOYMENTS}/ignored`
    const patch = lab.send('PATCH', path, { spec: { x: 1 } }, { fieldValidation: 'Strict' }, 'application/merge-patch+json') // prettier-ignore
    expect(patch.body.message).toContain('strict decoding error: unknown field "spec.x"')
    const wrong = lab.patch(path, { spec: { replicas: 'two' } })
    expect([wrong.status, wrong.body.reason, wrong.body.details.causes[0].field]).toEqual([422, 'Invalid', 'patch'])
    expect(wrong.body.message).toMatch(/^ "" is invalid: patch: Invalid value: ".*": json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32$/) // prettier-ignore
    const strategic = lab.send('PATCH', path, { spec: { replicas: 'two' } }, {}, 'application/strategic-merge-patch+json') // prettier-ignore
    expect(strategic.body.message).toContain(' "" is invalid: patch: Invalid value: "map[spec:map[replicas:two]]": ')
  })

  it.each([
    [
      'v1',
      'Pod',
      'Pod in version "v1" cannot be handled as a Deployment: converting (v1.Pod) to (apps.Deployment): unknown conversion',
    ],
    [
      'apps/v1',
      'Pod',
      'Pod in version "v1" cannot be handled as a Deployment: no kind "Pod" is registered for version "apps/v1" in scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"',
    ],
    [
      'apps/v9',
      'Deployment',
      'Deployment in version "v9" cannot be handled as a Deployment: no kind "Deployment" is registered for version "apps/v9" in scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"',
    ],
  ])('%s %s is no Deployment', (apiVersion, kind, message) => {
    expect(lab.send('POST', DEPLOYMENTS, { apiVersion, kind, metadata: { name: 'x' } }).body).toMatchObject({ code: 400, message }) // prettier-ignore
    const patched = lab.patch(`${DEPLOYMENTS}/ignored`, { apiVersion, kind })
    expect([patched.status, patched.body.message.split('": ').at(-1)]).toEqual([422, message.slice(message.indexOf(': ') + 2)]) // prettier-ignore
  })

  it('of a kind that was served once is known', () => {
    const lab = new Lab(1, {}, builtInSchemas)
    lab.run(1_000_000)
    const eviction = { apiVersion: 'policy/v1beta1', kind: 'Eviction', metadata: { name: 'x' } }
    expect(lab.send('POST', '/api/v1/namespaces/default/pods/x/eviction', eviction).body.message).toBe('pods "x" not found') // prettier-ignore
    const former = lab.send('POST', DEPLOYMENTS, { apiVersion: 'apps/v1beta1', kind: 'Deployment' }).body
    expect(former.message).toBe('the API version in the data (apps/v1beta1) does not match the expected API version (apps/v1)') // prettier-ignore
  })

  it('knows three ways', () => {
    expect(ask('other', { fieldValidation: 'Sometimes' })).toMatchObject({
      status: 422,
      body: { message: 'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Sometimes": supported values: "", "Ignore", "Strict", "Warn"' }, // prettier-ignore
    })
  })
})

describe('an owner that is named twice', () => {
  it('is named once, and the client is told', () => {
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: 'u', controller: true }
    const pods = { metadata: { ownerReferences: [owner, { ...owner }, { ...owner, uid: 'other', controller: false }] } }
    const { body, warnings } = withoutTwins(pods)
    expect(body).toEqual({ metadata: { ownerReferences: [owner, { ...owner, uid: 'other', controller: false }] } })
    expect(warnings).toEqual([expect.stringMatching(/contains duplicate entries; .* duplicate UID\(s\) observed: u$/)])
    expect(withoutTwins(body).body).toBe(body)
  })
})

describe('a status', () => {
  const statusOf = (status: object): unknown =>
    (conform(builtInSchemas, pod, { metadata: { name: 'web' }, status }).value as { status: unknown }).status

  it('tells what its type must have though nobody said it', () => {
    expect(statusOf({ conditions: [{ type: 'Ready' }], containerStatuses: [{ name: 'app', state: { running: {} } }] })).toEqual({
      conditions: [{ type: 'Ready', status: '', lastProbeTime: null, lastTransitionTime: null }],
      containerStatuses: [{ name: 'app', image: '', imageID: '', ready: false, restartCount: 0, state: { running: { startedAt: null } }, lastState: {} }],
    }) // prettier-ignore
  })

  it('stays the very same object where nothing is missing, and who applies it says no more than it wants', () => {
    const whole = { conditions: [{ type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: '2026-01-01T00:00:00Z' }] } // prettier-ignore
    expect(statusOf(whole)).toEqual(whole)
    const applied = { status: { conditions: [{ type: 'Ready' }] } }
    expect(conform(builtInSchemas, pod, applied, true).value).toBe(applied)
  })
})

describe('a value that says nothing', () => {
  const valueOf = (spec: object): any => (conform(builtInSchemas, pod, { metadata: { name: 'web' }, spec }).value as any).spec // prettier-ignore

  it('is left out where Go holds no pointer, and stays where it does', () => {
    const spec = { hostNetwork: false, dnsPolicy: '', automountServiceAccountToken: false, containers: [{ name: 'app', image: '', tty: false }] } // prettier-ignore
    expect(valueOf(spec)).toEqual({ automountServiceAccountToken: false, containers: [{ name: 'app', resources: {} }] })
  })

  it('is put where a type must have one', () => {
    const spec = { containers: [{}], securityContext: { sysctls: [{ name: 'a' }] } }
    expect(valueOf(spec)).toEqual({ containers: [{ name: '', resources: {} }], securityContext: { sysctls: [{ name: 'a', value: '' }] } }) // prettier-ignore
    const webhooks = { webhooks: [{ name: 'a.b.c' }] }
    const type = builtInSchemas.typeOfKind('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration')!
    expect(conform(builtInSchemas, type, webhooks).value).toEqual({ metadata: {}, webhooks: [{ name: 'a.b.c', clientConfig: {} }] }) // prettier-ignore
  })

  it('is told by an Event of whatever it does not know', () => {
    const type = builtInSchemas.typeOfKind('v1', 'Event')!
    expect(conform(builtInSchemas, type, { reason: 'R', series: { count: 2 } }).value).toEqual({
      ...{
        reason: 'R',
        series: { count: 2, lastObservedTime: null },
        involvedObject: {},
        source: {},
        metadata: {},
      },
      ...{ firstTimestamp: null, lastTimestamp: null, eventTime: null, reportingComponent: '', reportingInstance: '' },
    })
  })

  it('a moment that should tell millionths of a second tells them', () => {
    const type = builtInSchemas.typeOfKind('coordination.k8s.io/v1', 'Lease')!
    const problem = (renewTime: string) => conform(builtInSchemas, type, { spec: { renewTime } }).problem
    expect(problem('2026-01-01T00:00:00.000000Z')).toBeUndefined()
    expect(problem('2026-01-01T00:00:00Z')).toBe(
      'parsing time "2026-01-01T00:00:00Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"',
    )
  })
})
