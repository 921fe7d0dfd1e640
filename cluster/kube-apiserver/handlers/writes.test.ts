import { describe, expect, it } from 'vitest'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import {
  CONFIG_MAPS,
  configMap,
  deployment,
  DEPLOYMENTS,
  Lab,
  pod,
  PODS,
  requestOf,
  service,
  SERVICES,
} from '../lab.ts'

const SECOND = 1_000_000

describe('a creation', () => {
  it('fills in what the server owns', () => {
    const { status, body } = new Lab().send('POST', PODS, pod('web'))
    expect(status).toBe(201)
    expect(body.metadata).toMatchObject({
      name: 'web',
      namespace: 'default',
      generation: 1,
      creationTimestamp: '2026-01-01T09:00:00Z',
    })
    expect(body.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(body.metadata.resourceVersion).toMatch(/^\d+$/)
    expect(body.status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' })
    expect(body.spec).toMatchObject({
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      terminationGracePeriodSeconds: 30,
    })
    expect(body.spec.tolerations.map((t: any) => [t.key, t.tolerationSeconds])).toEqual([
      ['node.kubernetes.io/not-ready', 300],
      ['node.kubernetes.io/unreachable', 300],
    ])
  })

  it('makes a name of generateName with five characters that form no words', () => {
    const { body } = new Lab().send('POST', PODS, { ...pod(''), metadata: { generateName: 'web-' } })
    expect(body.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
  })

  it('takes another name where the one it made is taken', () => {
    const generated = { ...pod(''), metadata: { generateName: 'web-' } }
    const { name } = new Lab(7).send('POST', PODS, generated).body.metadata
    // The same seed makes the same name first, and this time somebody has it.
    const lab = new Lab(7)
    lab.send('POST', PODS, pod(name))
    const reply = lab.send('POST', PODS, generated)
    expect(reply.status).toBe(201)
    expect(reply.body.metadata.name).toMatch(/^web-.{5}$/)
    expect(reply.body.metadata.name).not.toBe(name)
  })

  it.each([
    [
      'a name that is taken',
      CONFIG_MAPS,
      configMap('taken'),
      409,
      'AlreadyExists',
      'configmaps "taken" already exists',
    ],
    [
      'a namespace that is not there',
      '/api/v1/namespaces/nope/configmaps',
      configMap('a'),
      404,
      'NotFound',
      'namespaces "nope" not found',
    ],
    [
      'a resourceVersion',
      CONFIG_MAPS,
      { metadata: { name: 'a', resourceVersion: '1' } },
      500,
      undefined,
      'resourceVersion should not be set on objects to be created',
    ],
    [
      'another namespace than the path',
      CONFIG_MAPS,
      { metadata: { name: 'a', namespace: 'kube-system' } },
      400,
      'BadRequest',
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [
      'a name that is none',
      CONFIG_MAPS,
      configMap('Web_1'),
      422,
      'Invalid',
      /^ConfigMap "Web_1" is invalid: metadata.name: Invalid value: "Web_1": a lowercase RFC 1123 subdomain/,
    ],
    [
      'no name',
      CONFIG_MAPS,
      configMap(''),
      422,
      'Invalid',
      'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
    ],
    [
      'no containers',
      PODS,
      pod('a', {}, { containers: [] }),
      422,
      'Invalid',
      'Pod "a" is invalid: spec.containers: Required value',
    ],
    [
      'two containers of one name',
      PODS,
      pod(
        'a',
        {},
        {
          containers: [
            { name: 'c', image: 'i' },
            { name: 'c', image: 'i' },
          ],
        },
      ),
      422,
      'Invalid',
      'Pod "a" is invalid: spec.containers[1].name: Duplicate value: "c"',
    ],
    [
      'a request above its limit',
      PODS,
      pod(
        'a',
        {},
        { containers: [{ name: 'c', image: 'i', resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } }] },
      ),
      422,
      'Invalid',
      'Pod "a" is invalid: spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ],
    [
      'a selector that misses its own template',
      DEPLOYMENTS,
      deployment('a', { selector: { matchLabels: { app: 'b' } } }),
      422,
      'Invalid',
      'Deployment.apps "a" is invalid: spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`',
    ],
    [
      'a port out of range',
      SERVICES,
      service('a', { ports: [{ port: 70_000 }] }),
      422,
      'Invalid',
      /^Service "a" is invalid: \[?spec.ports\[0\].port: Invalid value: 70000: must be between 1 and 65535, inclusive/,
    ],
    [
      'a kind that does not belong there',
      PODS,
      configMap('a'),
      400,
      'BadRequest',
      'ConfigMap in version "v1" cannot be handled as a Pod',
    ],
  ])('with %s is refused', (_, path, body, code, reason, message) => {
    const lab = new Lab()
    lab.send('POST', CONFIG_MAPS, configMap('taken'))
    const reply = lab.send('POST', path, body)
    expect([reply.status, reply.body.kind, reply.body.reason]).toEqual([code, 'Status', reason])
    expect(reply.body.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
  })

  it('names every wrong field, in order, with a cause', () => {
    const { body } = new Lab().send(
      'POST',
      PODS,
      pod('a', {}, { restartPolicy: 'Sometimes', containers: [{ name: 'c' }] }),
    )
    expect(body.details.causes.map((cause: any) => [cause.reason, cause.field])).toEqual([
      ['FieldValueRequired', 'spec.containers[0].image'],
      ['FieldValueNotSupported', 'spec.restartPolicy'],
    ])
    expect(body.message).toMatch(
      /^Pod "a" is invalid: \[spec.containers\[0\].image: Required value, spec.restartPolicy: Unsupported value/,
    )
  })
})

describe('a dry run', () => {
  it('answers like the write and writes nothing', () => {
    const lab = new Lab()
    const dry = { dryRun: 'All' }
    const path = `${CONFIG_MAPS}/a`
    const created = lab.send('POST', CONFIG_MAPS, configMap('a'), dry)
    expect([created.status, created.body.metadata.uid, created.body.metadata.resourceVersion]).toEqual([
      201,
      expect.stringMatching(/-/),
      undefined,
    ])
    expect(lab.send('GET', path).status).toBe(404)
    const { metadata } = lab.send('POST', CONFIG_MAPS, configMap('a', { n: '1' })).body
    expect(lab.send('PUT', path, configMap('a', { n: '2' }), dry).body.data).toEqual({ n: '2' })
    expect(lab.send('DELETE', path, undefined, dry).status).toBe(200)
    // As client-go says it.
    expect(lab.send('DELETE', path, { dryRun: ['All'] }).status).toBe(200)
    expect(lab.send('DELETE', CONFIG_MAPS, { dryRun: ['All'] }).status).toBe(200)
    expect(lab.send('DELETE', path, { dryRun: ['Some'] }).status).toBe(422)
    lab.run(100_000)
    expect(lab.send('GET', path).body).toMatchObject({ data: { n: '1' }, metadata })
  })
})

describe('an update', () => {
  const path = `${CONFIG_MAPS}/a`
  const created = (): { lab: Lab; object: any } => {
    const lab = new Lab()
    return { lab, object: lab.send('POST', CONFIG_MAPS, configMap('a', { n: '1' })).body }
  }

  it('from an old version is a conflict', () => {
    const { lab, object } = created()
    expect(lab.send('PUT', path, { ...object, data: { n: '2' } }).status).toBe(200)
    const { status, body } = lab.send('PUT', path, { ...object, data: { n: '3' } })
    expect([status, body.reason, body.message]).toEqual([
      409,
      'Conflict',
      'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    ])
    expect(lab.send('GET', path).body.data).toEqual({ n: '2' })
  })

  it.each([undefined, builtInSchemas])('that takes the name away has none to be written under', (schemas) => {
    const lab = new Lab(1, {}, schemas)
    lab.run(1_000_000)
    lab.send('POST', CONFIG_MAPS, configMap('a'))
    const message = 'the name of the object (a based on URL) was undeterminable: name must be provided'
    expect(lab.patch(`${CONFIG_MAPS}/a`, { metadata: null }).body).toMatchObject({ code: 400, message })
    expect(lab.patch(`${CONFIG_MAPS}/a`, { $patch: 'delete' }, 'strategic-merge-patch').body).toMatchObject({ code: 400, message }) // prettier-ignore
    expect(lab.send('PUT', `${CONFIG_MAPS}/a`, { data: {} }).body).toMatchObject({ code: 400, message })
  })

  it('says of a JSON patch that does not apply what upstream says, and no more', () => {
    const lab = new Lab(1)
    lab.run(1_000_000)
    lab.send('POST', CONFIG_MAPS, configMap('a'))
    const { body } = lab.patch(`${CONFIG_MAPS}/a`, [{ op: 'test', path: '/metadata/name', value: 'b' }], 'json-patch')
    const message = 'the server rejected our request due to an error in our request'
    expect(body).toMatchObject({ code: 422, reason: 'Invalid', message })
  })

  it('wants finalizers that are known or qualified, and one controller', () => {
    const lab = new Lab(1)
    lab.run(1_000_000)
    lab.send('POST', CONFIG_MAPS, configMap('a'))
    const owner = (name: string) => ({ apiVersion: 'v1', kind: 'X', name, uid: name, controller: true })
    const finalizer = lab.patch(`${CONFIG_MAPS}/a`, { metadata: { finalizers: ['nosuch'] } })
    expect(finalizer.body.message).toBe('ConfigMap "a" is invalid: metadata.finalizers[0]: Invalid value: "nosuch": name is neither a standard finalizer name nor is it fully qualified') // prettier-ignore
    const owners = lab.patch(`${CONFIG_MAPS}/a`, { metadata: { ownerReferences: [owner('x'), owner('y')] } })
    expect(owners.body.message).toContain('Only one reference can have Controller set to true. Found "true" in references for x and y') // prettier-ignore
  })

  it.each(['binding', 'eviction'])('%s is about the Pod that its path names', (subresource) => {
    const lab = new Lab(1)
    lab.run(1_000_000)
    lab.send('POST', PODS, pod('a'))
    const sent = { metadata: { name: 'b' }, target: { name: 'node-1' } }
    expect(lab.send('POST', `${PODS}/a/${subresource}`, sent).body).toMatchObject({
      code: 400,
      message: `name in URL does not match name in ${subresource === 'binding' ? 'Binding' : 'Eviction'} object`,
    })
  })

  it.each([undefined, builtInSchemas])('that takes the spec away is invalid, and nothing more', (schemas) => {
    const lab = new Lab(1, {}, schemas)
    lab.run(1_000_000)
    lab.send('POST', DEPLOYMENTS, deployment('web'))
    const { status, body } = lab.patch(`${DEPLOYMENTS}/web`, { spec: null })
    expect([status, body.message]).toEqual([422, expect.stringContaining('spec.selector: Required value')])
    expect(lab.send('GET', `${DEPLOYMENTS}/web`).status).toBe(200)
  })

  it('without a version replaces whatever is there', () => {
    const { lab } = created()
    lab.send('PUT', path, configMap('a', { n: '2' }))
    expect(lab.send('PUT', path, configMap('a', { n: '3' })).body.data).toEqual({ n: '3' })
  })

  it('that changes nothing makes no revision and no event', () => {
    const { lab, object } = created()
    const watch = lab.watch(CONFIG_MAPS, { resourceVersion: object.metadata.resourceVersion })
    expect(lab.send('PUT', path, object).body.metadata.resourceVersion).toBe(object.metadata.resourceVersion)
    expect(lab.told(watch)).toBe('')
  })

  it('of what is not there is not found', () => {
    expect(new Lab().send('PUT', path, configMap('a')).body.message).toBe('configmaps "a" not found')
  })

  it('cannot touch what the server owns', () => {
    const { lab, object } = created()
    const metadata = { ...object.metadata, creationTimestamp: '2000-01-01T00:00:00Z', generation: 7 }
    const { body } = lab.send('PUT', path, { ...object, metadata, data: { n: '2' } })
    expect(body.metadata).toEqual({ ...object.metadata, resourceVersion: body.metadata.resourceVersion })
    expect(lab.send('PUT', path, { ...object, metadata: { name: 'a', uid: 'other' } }).body.reason).toBe('Conflict')
  })

  it.each([
    [
      'when it goes',
      'PUT',
      { deletionTimestamp: '2000-01-01T00:00:00Z' },
      'metadata.deletionTimestamp: Invalid value: "2000-01-01T00:00:00Z": field is immutable',
    ],
    ['who it is, by a patch', 'PATCH', { uid: 'other' }, 'metadata.uid: Invalid value: "other": field is immutable'],
  ] as const)('cannot say %s', (_, method, change, message) => {
    const { lab, object } = created()
    const answered = method === 'PUT' ? lab.send('PUT', path, { ...object, metadata: { ...object.metadata, ...change } }) : lab.patch(path, { metadata: change }) // prettier-ignore
    expect([answered.status, answered.body.message]).toEqual([422, `ConfigMap "a" is invalid: ${message}`])
  })

  it.each([
    ['a name', {}, 'the name of the object (a based on URL) was undeterminable: name must be provided'],
    ['its own name', { name: 'b' }, 'the name of the object (b) does not match the name on the URL (a)'],
    [
      'its own namespace',
      { name: 'a', namespace: 'other' },
      'the namespace of the object (other) does not match the namespace on the request (default)',
    ],
  ])('without %s is refused, whether the object is there or not', (_, metadata, message) => {
    const lab = new Lab(1, {}, builtInSchemas)
    lab.run(1_000_000)
    for (const at of [path, '/apis/apps/v1/namespaces/default/deployments/a/scale'])
      expect(lab.send('PUT', at, { metadata }).body).toMatchObject({ code: 400, message })
  })

  it('of the spec raises the generation; of labels or status it does not', () => {
    const lab = new Lab()
    const first = lab.send('POST', DEPLOYMENTS, deployment('a')).body
    const at = `${DEPLOYMENTS}/a`
    expect(first.metadata.generation).toBe(1)
    expect(lab.patch(at, { metadata: { labels: { x: 'y' } } }).body.metadata.generation).toBe(1)
    expect(lab.patch(`${at}/status`, { status: { replicas: 3 } }).body.metadata.generation).toBe(1)
    expect(lab.patch(at, { spec: { replicas: 5 } }).body.metadata.generation).toBe(2)
  })

  it('keeps spec and status apart: each has its own path', () => {
    const lab = new Lab()
    const object = lab.send('POST', DEPLOYMENTS, deployment('a')).body
    const changed = { ...object, spec: { ...object.spec, replicas: 9 }, status: { replicas: 7 } }
    const viaStatus = lab.send('PUT', `${DEPLOYMENTS}/a/status`, changed).body
    expect([viaStatus.spec.replicas, viaStatus.status.replicas]).toEqual([1, 7])
    const viaSpec = lab.patch(`${DEPLOYMENTS}/a`, { spec: { replicas: 4 }, status: { replicas: 1 } }).body
    expect([viaSpec.spec.replicas, viaSpec.status.replicas]).toEqual([4, 7])
  })

  it.each([
    [
      'a Pod’s node',
      PODS,
      pod('a'),
      { spec: { nodeName: 'other' } },
      /^Pod "a" is invalid: spec: Forbidden: pod updates may not change fields other than/,
    ],
    [
      'a Deployment’s selector',
      DEPLOYMENTS,
      deployment('a'),
      { spec: { selector: { matchLabels: { app: 'b' } }, template: { metadata: { labels: { app: 'b' } } } } },
      /spec.selector: Invalid value: .* field is immutable$/,
    ],
    [
      'a Service’s address',
      SERVICES,
      service('a'),
      { spec: { clusterIP: '10.96.0.77' } },
      /spec.clusterIPs\[0\]: Invalid value: \["10.96.0.77"\]: may not change once set$/,
    ],
  ])('of %s is refused', (_, collection, object, patch, message) => {
    const lab = new Lab()
    expect(lab.send('POST', collection, object).status).toBe(201)
    const reply = lab.patch(`${collection}/a`, patch)
    expect([reply.status, reply.body.message]).toEqual([422, expect.stringMatching(message)])
  })

  it('by two at once: both patches end up in the object', () => {
    const { lab } = created()
    const patch = (key: string) =>
      requestOf('PATCH', path, { data: { [key]: 'x' } }, undefined, 'application/merge-patch+json')
    const names = ['a', 'b', 'c', 'd'].map((key) => lab.start(patch(key)))
    lab.run(SECOND)
    expect(names.map((name) => lab.replyTo(name)?.status)).toEqual([200, 200, 200, 200])
    expect(lab.send('GET', path).body.data).toEqual({ n: '1', a: 'x', b: 'x', c: 'x', d: 'x' })
  })
})

describe('a patch', () => {
  const path = `${DEPLOYMENTS}/a`
  const two = {
    template: {
      metadata: { labels: { app: 'a' } },
      spec: {
        containers: [
          { name: 'x', image: 'x:1' },
          { name: 'y', image: 'y:1' },
        ],
      },
    },
  }
  const images = (body: any) => body.spec.template.spec.containers.map((c: any) => c.image)

  it.each([
    ['merge-patch', { spec: { template: { spec: { containers: [{ name: 'x', image: 'x:2' }] } } } }, ['x:2']],
    [
      'strategic-merge-patch',
      { spec: { template: { spec: { containers: [{ name: 'x', image: 'x:2' }] } } } },
      ['x:2', 'y:1'],
    ],
    [
      'strategic-merge-patch',
      { spec: { template: { spec: { containers: [{ name: 'x', $patch: 'delete' }] } } } },
      ['y:1'],
    ],
    ['json-patch', [{ op: 'replace', path: '/spec/template/spec/containers/1/image', value: 'y:2' }], ['x:1', 'y:2']],
  ])('of type %s changes what it names', (type, patch, expected) => {
    const lab = new Lab()
    lab.send('POST', DEPLOYMENTS, deployment('a', two))
    const reply = lab.patch(path, patch, type)
    expect([reply.status, images(reply.body)]).toEqual([200, expected])
  })

  it.each([
    ['a failed test', [{ op: 'test', path: '/spec/replicas', value: 9 }], 'json-patch', 422],
    ['a path that leads nowhere', [{ op: 'remove', path: '/spec/nothing' }], 'json-patch', 422],
    [
      'an item without its key',
      { spec: { template: { spec: { containers: [{ image: 'x' }] } } } },
      'strategic-merge-patch',
      500,
    ],
    ['a language that is not spoken', {}, 'apply-patch', 415],
  ])('with %s is refused', (_, patch, type, code) => {
    const lab = new Lab()
    lab.send('POST', DEPLOYMENTS, deployment('a', two))
    expect(lab.patch(path, patch, type).status).toBe(code)
  })

  it('that names a version conflicts like an update', () => {
    const lab = new Lab()
    const { metadata } = lab.send('POST', DEPLOYMENTS, deployment('a')).body
    lab.patch(path, { spec: { replicas: 2 } })
    const patch = { metadata: { resourceVersion: metadata.resourceVersion }, spec: { replicas: 3 } }
    expect(lab.patch(path, patch).body.reason).toBe('Conflict')
  })
})

describe('subresources', () => {
  it('forgets where a Pod might have gone once it is bound, and notes on it what is noted on its Binding', () => {
    const lab = new Lab()
    lab.send('POST', PODS, { ...pod('web'), metadata: { name: 'web', annotations: { mine: 'kept', other: 'old' } } })
    lab.patch(`${PODS}/web/status`, { status: { nominatedNodeName: 'node-2' } })
    expect(lab.send('GET', `${PODS}/web`).body.status.nominatedNodeName).toBe('node-2')
    const metadata = { name: 'web', annotations: { other: 'new', device: '3' } }
    expect(lab.send('POST', `${PODS}/web/binding`, { metadata, target: { kind: 'Node', name: 'node-1' } }).status).toBe(201) // prettier-ignore
    const bound = lab.send('GET', `${PODS}/web`).body
    expect(bound.metadata.annotations).toEqual({ mine: 'kept', other: 'new', device: '3' })
    expect([bound.spec.nodeName, bound.status.nominatedNodeName]).toEqual(['node-1', undefined])
  })

  it('binding puts a Pod on a node once, and says so in its conditions', () => {
    const lab = new Lab()
    lab.send('POST', PODS, pod('web'))
    const bind = (name: string) => lab.send('POST', `${PODS}/web/binding`, { target: { kind: 'Node', name } })
    expect([bind('node-1').status, bind('node-2').status]).toEqual([201, 409])
    const { spec, status } = lab.send('GET', `${PODS}/web`).body
    expect([spec.nodeName, status.conditions]).toEqual([
      'node-1',
      [{ observedGeneration: 1, type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-01-01T09:00:00Z' }],
    ])
  })

  it.each([
    ['with another uid', { metadata: { uid: 'other' }, target: { kind: 'Node', name: 'n' } }, 409],
    ['to what is no node', { target: { kind: 'Shelf', name: 'n' } }, 500],
    ['to nowhere', { target: { kind: 'Node' } }, 500],
  ])('binding %s is refused', (_, body, code) => {
    const lab = new Lab()
    lab.send('POST', PODS, pod('web'))
    expect(lab.send('POST', `${PODS}/web/binding`, body).status).toBe(code)
  })

  it.each([
    ['nothing, before anybody looks for its Pod', {}, 500, 'target.name: Required value'],
    ['no Pod', { target: { kind: 'Node', name: 'n' } }, 400, 'Name parameter required.'],
    ['a Pod that is not there', { metadata: { name: 'nope' }, target: { name: 'n' } }, 404, 'pods "nope" not found'],
  ])('a Binding of %s is refused', (_, body, code, message) => {
    const refused = new Lab().send('POST', '/api/v1/namespaces/default/bindings', body)
    expect([refused.status, refused.body.message]).toEqual([code, message])
  })

  it('status keeps the class of a Pod, and lets nothing run that has ended for good', () => {
    const lab = new Lab()
    lab.send('POST', PODS, pod('job', {}, { restartPolicy: 'Never' }))
    const report = (state: object) => {
      const containerStatuses = [{ name: 'app', image: 'i', ready: false, restartCount: 0, state }]
      return lab.patch(`${PODS}/job/status`, { status: { qosClass: null, phase: 'Running', containerStatuses } })
    }
    expect(report({ terminated: { exitCode: 1 } }).body.status).toMatchObject({
      qosClass: 'BestEffort',
      phase: 'Running',
    })
    const { status, body } = report({ running: {} })
    expect([status, body.message]).toEqual([
      422,
      'Pod "job" is invalid: status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state',
    ])
  })

  it('scale shows and changes the number of replicas', () => {
    const lab = new Lab()
    lab.send('POST', DEPLOYMENTS, deployment('a', { replicas: 3 }))
    const scale = lab.send('GET', `${DEPLOYMENTS}/a/scale`).body
    expect(scale).toMatchObject({ kind: 'Scale', spec: { replicas: 3 }, status: { selector: 'app=a' } })
    expect(lab.send('PUT', `${DEPLOYMENTS}/a/scale`, { ...scale, spec: { replicas: 5 } }).body.spec.replicas).toBe(5)
    expect(lab.patch(`${DEPLOYMENTS}/a/scale`, { spec: { replicas: 6 } }).body.spec.replicas).toBe(6)
    expect(lab.send('GET', `${DEPLOYMENTS}/a`).body).toMatchObject({
      spec: { replicas: 6 },
      metadata: { generation: 3 },
    })
  })
})

describe('a deletion', () => {
  const bound = (): Lab => {
    const lab = new Lab()
    lab.send('POST', PODS, pod('web'))
    lab.send('POST', `${PODS}/web/binding`, { target: { kind: 'Node', name: 'node-1' } })
    return lab
  }
  const gone = (lab: Lab, path = `${PODS}/web`): boolean => lab.send('GET', path).status === 404

  it('of a Pod that no node has taken is immediate', () => {
    const lab = new Lab()
    lab.send('POST', PODS, pod('web'))
    expect(lab.send('DELETE', `${PODS}/web`).status).toBe(200)
    expect(gone(lab)).toBe(true)
  })

  it('of what is gone at once is answered with a Status that names it, and bears no code', () => {
    const lab = new Lab()
    const { metadata } = lab.send('POST', CONFIG_MAPS, configMap('a')).body
    const { status, body } = lab.send('DELETE', `${CONFIG_MAPS}/a`)
    expect(status).toBe(200)
    expect(body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'a', kind: 'configmaps', uid: metadata.uid },
    })
  })

  it('of a running Pod only marks it; the kubelet confirms with a grace of 0', () => {
    const lab = bound()
    const { body } = lab.send('DELETE', `${PODS}/web`)
    expect(body.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T09:00:30Z',
      deletionGracePeriodSeconds: 30,
      generation: 2,
    })
    expect(gone(lab)).toBe(false)
    const wrong = lab.send('DELETE', `${PODS}/web`, { gracePeriodSeconds: 0, preconditions: { uid: 'other' } })
    expect([wrong.status, gone(lab)]).toEqual([409, false])
    lab.send('DELETE', `${PODS}/web`, { gracePeriodSeconds: 0, preconditions: { uid: body.metadata.uid } })
    expect(gone(lab)).toBe(true)
  })

  it('asked for again can only come sooner', () => {
    const lab = bound()
    const end = (options: object) => lab.send('DELETE', `${PODS}/web`, options).body.metadata.deletionTimestamp
    const version = () => lab.send('GET', `${PODS}/web`).body.metadata.resourceVersion
    const first = [end({}), version()]
    expect([end({}), version()]).toEqual(first)
    expect([end({}), end({ gracePeriodSeconds: 60 }), end({ gracePeriodSeconds: 10 }), end({})]).toEqual([
      '2026-01-01T09:00:30Z',
      '2026-01-01T09:00:30Z',
      '2026-01-01T09:00:10Z',
      '2026-01-01T09:00:10Z',
    ])
  })

  it('waits for finalizers, and takes no new ones', () => {
    const lab = new Lab()
    const path = `${CONFIG_MAPS}/a`
    lab.send('POST', CONFIG_MAPS, { ...configMap('a'), metadata: { name: 'a', finalizers: ['x.io/one'] } })
    expect(lab.send('DELETE', path).body.metadata.deletionTimestamp).toBeDefined()
    const refused = lab.patch(path, { metadata: { finalizers: ['x.io/one', 'x.io/two'] } })
    expect([refused.status, refused.body.message]).toEqual([
      422,
      expect.stringContaining('no new finalizers can be added if the object is being deleted'),
    ])
    expect(gone(lab, path)).toBe(false)
    expect(lab.patch(path, { metadata: { finalizers: null } }).status).toBe(200)
    expect(gone(lab, path)).toBe(true)
  })

  it('of a collection takes what the selector wants', () => {
    const lab = new Lab()
    for (const name of ['a', 'b', 'c']) lab.send('POST', PODS, pod(name, { app: name === 'b' ? 'keep' : 'go' }))
    const reply = lab.send('DELETE', PODS, undefined, { labelSelector: 'app=go' })
    expect(reply.body.items).toHaveLength(2)
    expect(lab.send('GET', PODS).body.items.map((item: any) => item.metadata.name)).toEqual(['b'])
  })

  it.each(['default', 'kube-system', 'kube-public'])('of the namespace %s is refused', (name) => {
    const { status, body } = new Lab().send('DELETE', `/api/v1/namespaces/${name}`)
    expect([status, body.message]).toEqual([
      403,
      `namespaces "${name}" is forbidden: this namespace may not be deleted`,
    ])
  })

  it('of a namespace closes it to new objects', () => {
    const lab = new Lab()
    lab.send('POST', '/api/v1/namespaces', { metadata: { name: 'team' } })
    expect(lab.send('DELETE', '/api/v1/namespaces/team').body.status.phase).toBe('Terminating')
    const { status, body } = lab.send('POST', '/api/v1/namespaces/team/configmaps', configMap('a'))
    expect([status, body.message]).toEqual([
      403,
      'configmaps "a" is forbidden: unable to create new content in namespace team because it is being terminated',
    ])
    const namespace = lab.send('GET', '/api/v1/namespaces/team').body
    lab.send('PUT', '/api/v1/namespaces/team/finalize', { ...namespace, spec: { finalizers: [] } })
    expect(gone(lab, '/api/v1/namespaces/team')).toBe(true)
  })
})

describe('addresses of Services', () => {
  const create = (lab: Lab, name: string, spec: object = {}) => lab.send('POST', SERVICES, service(name, spec))

  it('are never given twice, even to writers at once, until the range is full', () => {
    const lab = new Lab(1, { serviceCIDR: '10.96.0.0/28' })
    const names = Array.from({ length: 14 }, (_, i) => lab.start(requestOf('POST', SERVICES, service(`s${i}`))))
    lab.run(5 * SECOND)
    const replies = names.map((name) => lab.replyTo(name)!)
    const given = replies.filter(({ status }) => status === 201).map(({ body }) => body.spec.clusterIP)
    // 14 addresses, and the first one is the server's own.
    expect([given.length, new Set(given).size]).toEqual([13, 13])
    const failed = replies.find(({ status }) => status !== 201)!
    expect(failed.body.message).toBe('Internal error occurred: failed to allocate a serviceIP: range is full')
  })

  it('can be chosen while they are free, and are free again after the Service', () => {
    const lab = new Lab()
    expect(create(lab, 'dns', { clusterIP: '10.96.0.10' }).body.spec.clusterIPs).toEqual(['10.96.0.10'])
    const taken = create(lab, 'other', { clusterIP: '10.96.0.10' })
    expect([taken.status, taken.body.message]).toEqual([
      422,
      'Service "other" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated',
    ])
    lab.send('DELETE', `${SERVICES}/dns`)
    expect(create(lab, 'other', { clusterIP: '10.96.0.10' }).status).toBe(201)
  })

  it('are given back by a Service that becomes a name, and taken by one that was', () => {
    const lab = new Lab()
    create(lab, 'a', { clusterIP: '10.96.0.10' })
    const spec = { type: 'ExternalName', externalName: 'example.com' }
    expect(lab.patch(`${SERVICES}/a`, { spec }).body.spec.clusterIP).toBeUndefined()
    expect(create(lab, 'b', { clusterIP: '10.96.0.10' }).status).toBe(201)
    const again = lab.patch(`${SERVICES}/a`, { spec: { type: 'ClusterIP', externalName: null } }).body.spec
    expect(again.clusterIP).toMatch(/^10\./)
    expect(again.clusterIP).not.toBe('10.96.0.10')
  })

  it('are not for headless Services', () => {
    expect(create(new Lab(), 'a', { clusterIP: 'None' }).body.spec.clusterIP).toBe('None')
  })

  it('outside the range are refused', () => {
    expect(create(new Lab(), 'a', { clusterIP: '10.1.0.1' }).body.message).toContain(
      'does not match the current range (10.96.0.0/12)',
    )
  })
})

it('Events go after an hour', () => {
  const lab = new Lab()
  const events = '/api/v1/namespaces/default/events'
  const involvedObject = { kind: 'Pod', namespace: 'default', name: 'a' }
  expect(
    lab.send('POST', events, { metadata: { name: 'a.1' }, involvedObject, reason: 'R', message: 'm', type: 'Normal' })
      .status,
  ).toBe(201)
  const left = () => lab.send('GET', events).body.items.length
  lab.run(3_599 * SECOND)
  expect(left()).toBe(1)
  lab.run(70 * SECOND)
  expect(left()).toBe(0)
  // Neither do later ones go sooner because a lease is shared.
  const create = (name: string) =>
    lab.send('POST', events, { metadata: { name }, involvedObject, reason: 'R', message: 'm', type: 'Normal' })
  create('a.2')
  lab.run(120 * SECOND)
  create('a.3')
  lab.run(3_590 * SECOND)
  expect(left()).toBe(1)
})

it('a Lease is refused without a version, and created by a PUT', () => {
  const lab = new Lab()
  const path = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n'
  expect(lab.send('PUT', path, { metadata: { name: 'n' }, spec: { holderIdentity: 'n' } }).status).toBe(201)
  expect(lab.send('PUT', path, { metadata: { name: 'n' }, spec: { holderIdentity: 'm' } }).body.message).toBe(
    'Lease.coordination.k8s.io "n" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update',
  )
})

describe('what a query says of a deletion', () => {
  it('is what must hold of the object', () => {
    const lab = new Lab()
    const { resourceVersion } = lab.send('POST', CONFIG_MAPS, configMap('a')).body.metadata
    const remove = (query: Record<string, string>) => lab.send('DELETE', `${CONFIG_MAPS}/a`, undefined, query)
    expect(remove({ resourceVersion: '1' }).body.message).toContain(`the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (${resourceVersion})`) // prettier-ignore
    expect(remove({ uid: 'x' }).body.message).toContain(
      'the UID in the precondition (x) does not match the UID in record',
    )
    expect(remove({ resourceVersion }).status).toBe(200)
  })

  it('is looked at as often as it is said', () => {
    const lab = new Lab()
    lab.send('POST', CONFIG_MAPS, configMap('a'))
    const { status, body } = lab.send('DELETE', `${CONFIG_MAPS}/a`, undefined, { dryRun: 'All\nX' })
    expect([status, body.message]).toEqual([422, 'DeleteOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["All","X"]: supported values: "All"']) // prettier-ignore
    expect(lab.send('DELETE', `${CONFIG_MAPS}/a`, undefined, { dryRun: 'All\nAll' }).status).toBe(200)
    expect(lab.send('GET', `${CONFIG_MAPS}/a`).status).toBe(200)
  })

  it('of a collection is a page of it, and goes on', () => {
    const lab = new Lab()
    for (const name of ['a', 'b', 'c']) lab.send('POST', CONFIG_MAPS, configMap(name))
    const remove = (query: Record<string, string>) => lab.send('DELETE', CONFIG_MAPS, undefined, query)
    const names = ({ body }: { body: any }) => body.items.map(({ metadata }: any) => metadata.name)
    expect(remove({ continue: 'x' }).body.message).toContain('invalid continue token')
    expect(remove({ resourceVersion: 'x' }).status).toBe(400)
    const first = remove({ limit: '1' })
    expect(names(first)).toEqual(['a'])
    expect(names(lab.send('GET', CONFIG_MAPS))).toEqual(['b', 'c'])
    const rest = remove({ limit: '2', continue: first.body.metadata.continue })
    expect([names(rest), rest.body.metadata.continue]).toEqual([['b', 'c'], undefined])
  })

  it('a Pod that no node has taken goes at once, and says when', () => {
    const lab = new Lab()
    lab.send('POST', PODS, pod('a'))
    for (const query of [{ dryRun: 'All' }, {}]) {
      const { metadata } = lab.send('DELETE', `${PODS}/a`, undefined, query as Record<string, string>).body
      expect(metadata).toMatchObject({ deletionTimestamp: expect.any(String), deletionGracePeriodSeconds: 0, generation: 2 }) // prettier-ignore
    }
    expect(lab.send('GET', `${PODS}/a`).status).toBe(404)
  })
})
