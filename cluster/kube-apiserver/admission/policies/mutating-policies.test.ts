/** Policies that change what is written. */
import { describe, expect, it } from 'vitest'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import { configMap, CONFIG_MAPS, Lab, pod, PODS } from '../../lab.ts'
import { DEFAULT_ADMISSION_PLUGINS } from '../admission.ts'

const ROOT = '/apis/admissionregistration.k8s.io/v1'
// The account of a Pod would have to be made first.
const PLUGINS = DEFAULT_ADMISSION_PLUGINS.filter((name) => name !== 'ServiceAccount')

const policy = (name: string, spec: object, resource = 'configmaps') => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingAdmissionPolicy',
  metadata: { name },
  spec: { matchConstraints: { resourceRules: [{ operations: ['CREATE', 'UPDATE'], apiGroups: [''], apiVersions: ['v1'], resources: [resource] }] }, ...spec }, // prettier-ignore
})
const applies = (expression: string) => ({ mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }] }) // prettier-ignore
const patches = (expression: string) => ({ mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }] })

function withPolicies(...policies: ReturnType<typeof policy>[]): Lab {
  const lab = new Lab(1, { admissionPlugins: PLUGINS }, builtInSchemas)
  lab.run(500_000)
  for (const one of policies) {
    const { name } = one.metadata
    const bound = { apiVersion: one.apiVersion, kind: 'MutatingAdmissionPolicyBinding', metadata: { name }, spec: { policyName: name } } // prettier-ignore
    for (const [path, body] of [
      ['mutatingadmissionpolicies', one],
      ['mutatingadmissionpolicybindings', bound],
    ] as const) {
      // prettier-ignore
      const answer = lab.send('POST', `${ROOT}/${path}`, body)
      expect([answer.status, answer.body.message]).toEqual([201, undefined])
    }
  }
  lab.run(100_000)
  return lab
}

const create = (lab: Lab, data: Record<string, string> = {}) => lab.send('POST', CONFIG_MAPS, configMap('a', data))

describe('a policy', () => {
  // https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/
  it('applies what its expression makes, list items by their keys', () => {
    const expression = 'Object{spec: Object.spec{initContainers: [Object.spec.initContainers{name: "mesh", image: "mesh/proxy:v1", restartPolicy: "Always"}], containers: [Object.spec.containers{name: "app", imagePullPolicy: "Never"}]}}' // prettier-ignore
    const matchConditions = [{ name: 'once', expression: '!object.spec.?initContainers.orValue([]).exists(c, c.name == "mesh")' }] // prettier-ignore
    const lab = withPolicies(policy('mesh', { ...applies(expression), matchConditions }, 'pods'))
    const { spec } = lab.send('POST', PODS, pod('p')).body
    expect(spec.initContainers).toMatchObject([{ name: 'mesh', image: 'mesh/proxy:v1', restartPolicy: 'Always' }])
    expect(spec.containers).toMatchObject([{ name: 'app', image: 'registry.example/app:1', imagePullPolicy: 'Never' }])
    expect(lab.send('GET', `${PODS}/p`).body.spec).toEqual(spec)
  })

  it('patches, with keys that have slashes, and with what its params and variables say', () => {
    const expression = '[JSONPatch{op: "add", path: "/metadata/labels", value: {}}, JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("example.com/by"), value: variables.by}]' // prettier-ignore
    const variables = [{ name: 'by', expression: 'request.userInfo.username' }]
    const lab = withPolicies(policy('labels', { ...patches(expression), variables }))
    expect(create(lab).body.metadata.labels).toEqual({ 'example.com/by': 'kubernetes-admin' })
  })

  it('lets be what its test does not hold for', () => {
    const expression = '[JSONPatch{op: "test", path: "/data/a", value: "1"}, JSONPatch{op: "replace", path: "/data/a", value: "2"}]' // prettier-ignore
    const lab = withPolicies(policy('test', patches(expression)))
    expect(create(lab, { a: '1' }).body.data).toEqual({ a: '2' })
    expect(lab.patch(`${CONFIG_MAPS}/a`, { data: { a: '3' } }).body.data).toEqual({ a: '3' })
  })

  it('goes in the order of names, and once more where it wants to see what others have done', () => {
    const count = 'Object{data: {"count": string(int(object.data.?count.orValue("0")) + 1)}}'
    const first = policy('a', { ...applies(count), reinvocationPolicy: 'IfNeeded' })
    const second = policy('b', applies('Object{data: {"other": object.data.count}}'))
    expect(create(withPolicies(first, second), { a: '0' }).body.data).toEqual({ a: '0', count: '2', other: '1' })
    const never = policy('a', applies(count))
    expect(create(withPolicies(never, second), { a: '0' }).body.data).toEqual({ a: '0', count: '1', other: '1' })
  })

  it.each([
    ['an error', applies('Object{data: {"a": object.nothing}}'), `policy 'p' with binding 'p' denied request: expression 'Object{data: {"a": object.nothing}}' resulted in error: no such key: nothing`],
    ['an object of another place', applies('Object{metadata: Object.spec{}}'), `policy 'p' with binding 'p' denied request: type mismatch: unexpected type name "Object.spec", expected "Object.metadata", which matches field name path from root Object type`],
    ['a patch to nowhere', patches('[JSONPatch{op: "remove", path: "/data/nothing"}]'), `policy 'p' with binding 'p' denied request: JSONPath: `],
  ])('ends the write with %s, unless it is to be ignored', (_, spec, why) => {
    const { status, body } = create(withPolicies(policy('p', spec)))
    expect([status, body.message]).toEqual([403, expect.stringContaining(why)])
    expect(create(withPolicies(policy('p', { ...spec, failurePolicy: 'Ignore' }))).status).toBe(201)
  }) // prettier-ignore

  it('leaves an object that is valid, or the write is refused', () => {
    const { status, body } = create(withPolicies(policy('p', applies('Object{metadata: Object.metadata{labels: {"a": "not a value"}}}')))) // prettier-ignore
    expect([status, body.message]).toEqual([422, expect.stringContaining('metadata.labels: Invalid value: "not a value"')]) // prettier-ignore
  })
})

describe('what is no policy', () => {
  it.each([
    ['no mutation', {}, 'spec.mutations: Required value: mutations must contain at least one item'],
    ['another type of patch', { mutations: [{ patchType: 'Merge' }] }, 'spec.mutations[0].patchType: Unsupported value: "Merge": supported values: "ApplyConfiguration", "JSONPatch"'],
    ['no expression', { mutations: [{ patchType: 'JSONPatch' }] }, 'spec.mutations[0].jsonPatch: Required value: must be specified when patchType is JSONPatch'],
    ['something else than an object', applies('{"data": 1}'), 'must evaluate to Object but got map(string, int)'],
    ['something else than patches', patches('[1]'), 'must evaluate to list(JSONPatch) but got list(int)'],
    ['a field that patches have not', patches('[JSONPatch{op: "add", where: "/a"}]'), "compilation failed: ERROR: <input>:1:23: undefined field 'where'"],
    ['a field of another type', patches('[JSONPatch{op: 1}]'), "expected type of field 'op' is 'string' but provided type is 'int'"],
    ['an object by no name', applies('Pod{spec: 1}'), "undeclared reference to 'Pod' (in container '')"],
    ['another word on reinvocation', { ...applies('Object{}'), reinvocationPolicy: 'Often' }, 'spec.reinvocationPolicy: Unsupported value: "Often"'],
  ])('%s', (_, spec, why) => {
    const lab = new Lab(1, {}, builtInSchemas)
    lab.run(200_000)
    const { status, body } = lab.send('POST', `${ROOT}/mutatingadmissionpolicies`, policy('p', spec))
    expect([status, body.message]).toEqual([422, expect.stringContaining(why)])
  }) // prettier-ignore
})
