import { describe, expect, it } from 'vitest'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import type { ManagedFieldsEntry } from '#cluster/api/types.ts'
import type { Query } from '../lab.ts'
import { CONFIG_MAPS, configMap, deployment, DEPLOYMENTS, Lab, pod, PODS, SERVICES } from '../lab.ts'
import { paths } from './field-set.ts'
import { difference, intersection, union } from './set-operations.ts'

const APPLY = 'application/apply-patch+yaml'

function ready(): Lab {
  const lab = new Lab(1, {}, builtInSchemas)
  lab.run(1_000_000)
  return lab
}

const apply = (lab: Lab, path: string, body: unknown, query: Query = { fieldManager: 'me' }) =>
  lab.send('PATCH', path, body, query, APPLY)

const managers = (object: { metadata: { managedFields?: readonly ManagedFieldsEntry[] } }) =>
  (object.metadata.managedFields ?? []).map(({ manager, operation, subresource }) =>
    [manager, operation, subresource].filter(Boolean).join(' '),
  )
const fieldsOf = (object: { metadata: { managedFields: ManagedFieldsEntry[] } }, manager: string): string[] =>
  paths(object.metadata.managedFields.find((entry) => entry.manager === manager)!.fieldsV1 as never)

describe('sets of fields', () => {
  const a = { 'f:spec': { 'f:replicas': {}, 'f:paused': {} }, 'f:data': { '.': {}, 'f:x': {} } }
  const b = { 'f:spec': { 'f:replicas': {} }, 'f:data': {} }

  it('are joined, compared and taken from each other', () => {
    expect(paths(union(a, b))).toEqual(['.data', '.data.x', '.spec.paused', '.spec.replicas'])
    expect(paths(difference(a, b))).toEqual(['.data.x', '.spec.paused'])
    expect(paths(intersection(a, b))).toEqual(['.data', '.spec.replicas'])
  })

  it('are one where they are equal, and frozen', () => {
    const [one, other] = [a, { 'f:spec': { 'f:replicas': {}, 'f:paused': {} }, 'f:data': { '.': {}, 'f:x': {} } }]
    expect(difference(one, b)).toBe(difference(other, b))
    expect(union(one, b)).toBe(union(other, b))
    expect(union(one, b)).not.toBe(difference(one, b))
    expect(() => Object.assign(union(one, b)['f:spec']!, { 'f:other': {} })).toThrow(TypeError)
    // They are lists in disguise, told in an order of their own: fields by name, keys as numbers where they are such.
    expect(Object.keys(union({ 'f:b': {}, 'f:a': {} }, {}))).toEqual(['f:a', 'f:b'])
    const items = { 'v:"x"': {}, 'k:{"port":80}': {}, 'k:{"port":9}': {}, 'f:z': {}, '.': {} }
    expect(Object.keys(union({ 'f:a': items }, {})['f:a']!)).toEqual(['.', 'f:z', 'k:{"port":9}', 'k:{"port":80}', 'v:"x"']) // prettier-ignore
  })
})

describe('creation', () => {
  it('does not give the creator what admission plugins add', () => {
    const lab = new Lab(1, { admissionPlugins: ['DefaultTolerationSeconds'] }, builtInSchemas)
    lab.run(1_000_000)
    const { body } = lab.send('POST', PODS, pod('web'), { fieldManager: 'me' })
    expect(body.spec.tolerations).toHaveLength(2)
    expect(fieldsOf(body, 'me')).toContain('.spec.restartPolicy')
    expect(fieldsOf(body, 'me').filter((path) => path.startsWith('.spec.tolerations'))).toEqual([])
  })
})

describe('apply', () => {
  it('makes what is not there, and is told whose it is', () => {
    const lab = ready()
    const { status, body } = apply(lab, `${CONFIG_MAPS}/app`, configMap('app', { a: '1' }))
    expect(status).toBe(201)
    expect(body.metadata.managedFields).toEqual([
      {
        manager: 'me',
        operation: 'Apply',
        apiVersion: 'v1',
        time: expect.stringMatching(/^2026-/),
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:a': {} } },
      },
    ])
    // The same once more changes nothing, not even the time.
    lab.run(5_000_000)
    const again = apply(lab, `${CONFIG_MAPS}/app`, configMap('app', { a: '1' }))
    expect(again).toEqual({ status: 200, body })
  })

  it('takes away what the same manager wants no more, and leaves what others have set', () => {
    const lab = ready()
    apply(lab, `${CONFIG_MAPS}/app`, configMap('app', { a: '1', b: '2' }))
    lab.send(
      'PATCH',
      `${CONFIG_MAPS}/app`,
      { data: { c: '3' } },
      { fieldManager: 'other' },
      'application/merge-patch+json',
    )
    const { body } = apply(lab, `${CONFIG_MAPS}/app`, configMap('app', { a: '1' }))
    expect(body.data).toEqual({ a: '1', c: '3' })
    expect(managers(body)).toEqual(['me Apply', 'other Update'])
    expect(fieldsOf(body, 'other')).toEqual(['.data.c'])
  })

  it('refuses to change what somebody else has set, unless it is forced', () => {
    const lab = ready()
    apply(lab, `${DEPLOYMENTS}/web`, deployment('web', { replicas: 3 }))
    const scaled = { spec: { replicas: 5 } }
    lab.send('PATCH', `${DEPLOYMENTS}/web`, scaled, { fieldManager: 'scaler' }, 'application/merge-patch+json')
    const refused = apply(lab, `${DEPLOYMENTS}/web`, deployment('web', { replicas: 3 }))
    expect(refused).toMatchObject({
      status: 409,
      body: {
        reason: 'Conflict',
        message: 'Apply failed with 1 conflict: conflict with "scaler" using apps/v1: .spec.replicas',
        details: {
          causes: [
            {
              reason: 'FieldManagerConflict',
              message: 'conflict with "scaler" using apps/v1',
              field: '.spec.replicas',
            },
          ],
        },
      },
    })
    const forced = apply(lab, `${DEPLOYMENTS}/web`, deployment('web', { replicas: 3 }), {
      fieldManager: 'me',
      force: 'true',
    })
    expect(forced.body.spec.replicas).toBe(3)
    expect(managers(forced.body)).toEqual(['me Apply'])
  })

  it('tells of several managers in the order of their names', () => {
    const lab = ready()
    apply(lab, `${CONFIG_MAPS}/app`, configMap('app', { a: '1', b: '1' }), { fieldManager: 'one' })
    lab.send('PATCH', `${CONFIG_MAPS}/app`, { data: { b: '2' } }, { fieldManager: 'four' }, 'application/merge-patch+json') // prettier-ignore
    const { body } = apply(lab, `${CONFIG_MAPS}/app`, configMap('app', { a: '3', b: '3' }))
    expect(body.message).toBe('Apply failed with 2 conflicts: conflicts with "four" using v1:\n- .data.b\nconflicts with "one":\n- .data.a') // prettier-ignore
  })

  it('of a scale takes the replicas from nobody without force, and owns them from then on', () => {
    const lab = ready()
    apply(lab, `${DEPLOYMENTS}/web`, deployment('web', { replicas: 3 }))
    const scale = (replicas: number) => ({ apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web' }, spec: { replicas } }) // prettier-ignore
    const path = `${DEPLOYMENTS}/web/scale`
    const other = { fieldManager: 'other' }
    const refused = apply(lab, path, scale(5), other)
    expect([refused.status, refused.body.message]).toEqual([409, 'Apply failed with 1 conflict: conflict with "me": .spec.replicas']) // prettier-ignore
    expect(lab.send('GET', path).body.spec.replicas).toBe(3)
    expect(apply(lab, path, scale(5), { ...other, force: 'true' }).body.spec.replicas).toBe(5)
    const { body } = lab.send('GET', `${DEPLOYMENTS}/web`)
    expect(body.metadata.managedFields.find(({ manager }: any) => manager === 'other')).toMatchObject({ operation: 'Apply', apiVersion: 'apps/v1', subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }) // prettier-ignore
    expect([body.metadata.generation, fieldsOf(body, 'me').includes('.spec.replicas')]).toEqual([2, false])
    // Whoever updates is told of as well, in the version of a scale.
    lab.send('PATCH', path, { spec: { replicas: 6 } }, { fieldManager: 'scaler' }, 'application/merge-patch+json')
    expect(apply(lab, path, scale(7), other).body.message).toContain('conflict with "scaler" with subresource "scale" using autoscaling/v1: .spec.replicas') // prettier-ignore
    expect(apply(lab, path, { ...scale(7), metadata: { name: 'web', labels: { a: 'Bad!' } } }, other).body.message).toContain('Scale.autoscaling "web" is invalid: metadata.labels: Invalid value: "Bad!"') // prettier-ignore
  })

  it('shares what two want alike, and a field goes when the last one lets it go', () => {
    const lab = ready()
    apply(lab, `${CONFIG_MAPS}/app`, configMap('app', { a: '1' }), { fieldManager: 'one' })
    apply(lab, `${CONFIG_MAPS}/app`, configMap('app', { a: '1' }), { fieldManager: 'two' })
    const less = apply(lab, `${CONFIG_MAPS}/app`, configMap('app'), { fieldManager: 'one' })
    expect(less.body.data).toEqual({ a: '1' })
    // An empty map is something, too.
    expect(fieldsOf(less.body, 'one')).toEqual(['.data'])
    expect(apply(lab, `${CONFIG_MAPS}/app`, configMap('app'), { fieldManager: 'two' }).body.data?.a).toBeUndefined()
  })

  it('merges lists by the keys of their items, with what an item means that does not say', () => {
    const lab = ready()
    const service = (ports: object[]) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { ports },
    })
    apply(lab, `${SERVICES}/web`, service([{ name: 'http', port: 80 }]), { fieldManager: 'one' })
    const { body } = apply(lab, `${SERVICES}/web`, service([{ name: 'dns', port: 53, protocol: 'UDP' }]), { fieldManager: 'two' }) // prettier-ignore
    expect(body.spec.ports.map(({ name }: { name: string }) => name)).toEqual(['http', 'dns'])
    expect(fieldsOf(body, 'one')).toContain('.spec.ports[port=80,protocol="TCP"].name')
    const gone = apply(lab, `${SERVICES}/web`, service([]), { fieldManager: 'two' })
    expect(gone.body.spec.ports.map(({ name }: { name: string }) => name)).toEqual(['http'])
  })

  it('keeps the status apart', () => {
    const lab = ready()
    apply(lab, `${DEPLOYMENTS}/web`, deployment('web'))
    const { uid, name } = lab.send('GET', `${DEPLOYMENTS}/web`).body.metadata
    const path = `${DEPLOYMENTS}/web/status`
    lab.send('PATCH', path, { metadata: { uid, name }, status: { replicas: 1 } }, { fieldManager: 'controller' }, 'application/merge-patch+json') // prettier-ignore
    const { body } = apply(lab, `${DEPLOYMENTS}/web`, deployment('web'))
    expect(managers(body)).toEqual(['me Apply', 'controller Update status'])
    expect(fieldsOf(body, 'controller')).toEqual(['.status.replicas'])
    expect(body.status).toEqual({ replicas: 1 })
  })

  it('says who writes by what the client calls itself, and forgets them all when told to', () => {
    const lab = ready()
    const { body } = lab.send('POST', CONFIG_MAPS, configMap('app', { a: '1' }))
    expect(managers(body)).toEqual(['kubernetes-admin Update'])
    const bare = { ...body, metadata: { ...body.metadata, managedFields: [{}] } }
    expect(managers(lab.send('PUT', `${CONFIG_MAPS}/app`, bare).body)).toEqual([])
  })

  it('makes one of the oldest, when there are more than ten', () => {
    const lab = ready()
    lab.send('POST', CONFIG_MAPS, configMap('app'))
    for (let i = 0; i < 12; i++) {
      lab.run(1_000_000)
      lab.send('PATCH', `${CONFIG_MAPS}/app`, { data: { [`k${i}`]: 'x' } }, { fieldManager: `m${i}` }, 'application/merge-patch+json') // prettier-ignore
    }
    const { body } = lab.send('GET', `${CONFIG_MAPS}/app`)
    expect(managers(body)).toHaveLength(10)
    expect(managers(body)[0]).toBe('ancient-changes Update')
    expect(fieldsOf(body, 'ancient-changes')).toEqual(expect.arrayContaining(['.data.k0', '.data.k1', '.data.k2']))
  })

  it.each<[string, unknown, Query, number, string]>([
    ['without a manager', configMap('app'), {}, 422, 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch'], // prettier-ignore
    [
      'without a kind',
      { metadata: { name: 'app' } },
      { fieldManager: 'me' },
      400,
      'Incorrect version specified in apply patch. Specified patch version: , expected: v1',
    ],
    [
      'as another version',
      { ...configMap('app'), apiVersion: 'v2' },
      { fieldManager: 'me' },
      400,
      'Specified patch version: v2, expected: v1',
    ],
    [
      'with a field that nobody knows',
      { ...configMap('app'), nosuch: 1 },
      { fieldManager: 'me' },
      500,
      'failed to create typed patch object (/app; /v1, Kind=ConfigMap): .nosuch: field not declared in schema',
    ],
    [
      'with a value of another type',
      { ...configMap('app'), data: { n: 1 } },
      { fieldManager: 'me' },
      500,
      '.data.n: expected string, got &value.valueUnstructured{Value:1}',
    ],
    [
      'with two items of one key',
      { ...configMap('app'), metadata: { name: 'app', finalizers: ['a.b/c', 'a.b/c'] } },
      { fieldManager: 'me' },
      500,
      '.metadata.finalizers: duplicate entries for key [="a.b/c"]',
    ],
    [
      'without an object',
      [],
      { fieldManager: 'me' },
      400,
      'error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}',
    ],
    ['with managers of its own', { ...configMap('app'), metadata: { name: 'app', managedFields: [{ manager: 'x' }] } }, { fieldManager: 'me' }, 400, 'metadata.managedFields must be nil'], // prettier-ignore
    ['of another name', configMap('other'), { fieldManager: 'me' }, 400, 'does not match the name on the URL'],
  ])('is refused %s', (_, body, query, status, text) => {
    const answer = apply(ready(), `${CONFIG_MAPS}/app`, body, query)
    expect(answer.status).toBe(status)
    expect(answer.body.message).toContain(text)
  })

  it('is not to be had without schemas', () => {
    const lab = new Lab()
    lab.run(1_000_000)
    expect(apply(lab, `${CONFIG_MAPS}/app`, configMap('app')).status).toBe(404)
    lab.send('POST', CONFIG_MAPS, configMap('app'))
    expect(apply(lab, `${CONFIG_MAPS}/app`, configMap('app')).status).toBe(415)
  })
})

describe('what a genuine server tells of its managers', () => {
  const applied = (lab: Lab, path: string, body: object, query: Record<string, string> = {}) =>
    lab.send('PATCH', path, body, { fieldManager: 'me', ...query }, 'application/apply-patch+yaml')
  const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }
  const CONFIG = '/api/v1/namespaces/default/configmaps'
  const setOf = (body: any, manager: string) => body.metadata.managedFields.find((entry: ManagedFieldsEntry) => entry.manager === manager)!.fieldsV1 // prettier-ignore

  it('what comes into a new object is new itself, but for what its type always tells', () => {
    const lab = new Lab(1, {}, builtInSchemas)
    const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'a', image: 'a', env: [{ name: 'E' }] }] } } // prettier-ignore
    const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: { selector: { matchLabels: { app: 'x' } }, template } } // prettier-ignore
    const { body } = lab.send('POST', '/apis/apps/v1/namespaces/default/deployments', object, { fieldManager: 'me' })
    const { 'f:strategy': strategy, 'f:template': made } = setOf(body, 'me')['f:spec']
    expect(strategy).toMatchObject({ 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {} } })
    expect(Object.keys(strategy)).toEqual(['f:rollingUpdate', 'f:type'])
    expect(made['f:metadata']).toEqual({ 'f:labels': { '.': {}, 'f:app': {} } })
    expect(Object.keys(made['f:spec']['f:containers'])).toEqual(['k:{"name":"a"}'])
    expect(made['f:spec']['f:containers']['k:{"name":"a"}']['f:env']).toEqual({ '.': {}, 'k:{"name":"E"}': { '.': {}, 'f:name': {} } }) // prettier-ignore
  })

  it('what is taken out is nobody’s any more, with all that was in it', () => {
    const lab = new Lab(1, {}, builtInSchemas)
    const volumes = [{ name: 'v', projected: { sources: [{ secret: { name: 's' } }] } }]
    const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'a', image: 'a' }], volumes } }
    const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: { selector: { matchLabels: { app: 'x' } }, template } } // prettier-ignore
    const path = '/apis/apps/v1/namespaces/default/deployments'
    expect(setOf(lab.send('POST', path, object, { fieldManager: 'me' }).body, 'me')['f:spec']['f:template']['f:spec']).toHaveProperty('f:volumes') // prettier-ignore
    const patch = { spec: { template: { spec: { volumes: [{ name: 'v', $patch: 'delete' }] } } } }
    const { body } = lab.send(
      'PATCH',
      `${path}/d`,
      patch,
      { fieldManager: 'you' },
      'application/strategic-merge-patch+json',
    )
    expect(body.spec.template.spec.volumes).toBeUndefined()
    expect(setOf(body, 'me')['f:spec']['f:template']['f:spec']).not.toHaveProperty('f:volumes')
  })

  it('what is applied anew is taken as any other body, and lists with nothing in them are nobody’s', () => {
    const lab = new Lab(1, {}, builtInSchemas)
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'r', labels: { a: 'b' } } } // prettier-ignore
    expect(applied(lab, '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles/r', role).body.rules).toBeNull()
    const spec = { serviceAccountName: 'default', containers: [{ name: 'a', image: 'a', volumeDevices: [] }] }
    const { body } = applied(lab, `${PODS}/p`, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec })
    expect(body.spec.containers[0]).not.toHaveProperty('volumeDevices')
    expect(setOf(body, 'me')['f:spec']['f:containers']['k:{"name":"a"}']).toEqual({ '.': {}, 'f:image': {}, 'f:name': {} }) // prettier-ignore
    expect(lab.send('PATCH', `${PODS}/p`, { metadata: { labels: { a: 'b' } } }, undefined, 'application/merge-patch+json').status).toBe(200) // prettier-ignore
  })

  it('conflicts are told by manager, and of each first what is near', () => {
    const lab = new Lab(1, {}, builtInSchemas)
    applied(lab, `${CONFIG}/a`, { ...settings, data: { z: '1', y: '1' }, immutable: false }, { fieldManager: 'z' })
    lab.send('PATCH', `${CONFIG}/a`, { data: { b: '1' } }, { fieldManager: 'a' }, 'application/merge-patch+json')
    const { body } = applied(lab, `${CONFIG}/a`, { ...settings, data: { z: '2', y: '2', b: '2' } })
    expect(body.message).toBe('Apply failed with 3 conflicts: conflicts with "a" using v1:\n- .data.b\nconflicts with "z":\n- .data.y\n- .data.z') // prettier-ignore
    expect(body.details.causes.map(({ field }: { field: string }) => field)).toEqual(['.data.b', '.data.y', '.data.z'])
  })

  it('kubectl’s own note of what it applied last is kept true, where it is', () => {
    const lab = new Lab(1, {}, builtInSchemas)
    const note = 'kubectl.kubernetes.io/last-applied-configuration'
    lab.send('POST', CONFIG, { ...settings, metadata: { name: 'a', annotations: { [note]: '{}' } } })
    const noted = (body: any) => body.metadata.annotations?.[note]
    expect(noted(applied(lab, `${CONFIG}/a`, { ...settings, data: { a: '1' } }).body)).toBe('{}')
    const { body } = applied(lab, `${CONFIG}/a`, { ...settings, data: { a: '1' } }, { fieldManager: 'kubectl' })
    expect(noted(body)).toBe('{"apiVersion":"v1","data":{"a":"1"},"kind":"ConfigMap","metadata":{"name":"a"}}\n')
    lab.send('POST', CONFIG, { ...settings, metadata: { name: 'b' } })
    const other = { ...settings, metadata: { name: 'b' } }
    expect(noted(applied(lab, `${CONFIG}/b`, other, { fieldManager: 'kubectl' }).body)).toBeUndefined()
  })
})
