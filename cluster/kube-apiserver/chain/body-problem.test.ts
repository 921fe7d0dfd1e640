import { describe, expect, it } from 'vitest'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import type { Method } from '#cluster/api/http.ts'
import { type Query, Lab, pod, PODS } from '../lab.ts'

const MAPS = '/api/v1/namespaces/default/configmaps'
const MAP = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 'b' } }
const JSON_PATCH = 'application/json-patch+json'
const STRATEGIC = 'application/strategic-merge-patch+json'
const MERGE_PATCH = 'application/merge-patch+json'
const ACCESS = '/apis/authorization.k8s.io/v1'
const TOKENS = '/apis/authentication.k8s.io/v1/tokenreviews'

function typed(): Lab {
  const lab = new Lab(1, {}, builtInSchemas)
  lab.send('POST', MAPS, MAP)
  lab.send('POST', PODS, pod('web'))
  return lab
}

type Sent = readonly [method: Method, path: string, body?: unknown, query?: Query, type?: string]

describe('what no server can make sense of', () => {
  // An exception in the server ends it, and takes with it everybody else's requests.
  it.each<[...Sent]>([
    ['PATCH', `${MAPS}/a`, [{ op: 'replace', path: '/metadata', value: null }], {}, JSON_PATCH],
    ['PATCH', `${MAPS}/a`, [{ op: 'replace', path: '', value: null }], {}, JSON_PATCH],
    ['PATCH', `${MAPS}/a`, [{ op: 'replace', path: '', value: [] }], {}, JSON_PATCH],
    ['PATCH', `${MAPS}/a`, [null], {}, JSON_PATCH],
    ['PATCH', `${MAPS}/a`, [5], {}, JSON_PATCH],
    ['PATCH', `${MAPS}/a`, { metadata: null }, {}, MERGE_PATCH],
    ['PATCH', `${MAPS}/a`, { metadata: 'x' }, {}, MERGE_PATCH],
    ['POST', `${ACCESS}/subjectaccessreviews`, { spec: { user: 'u', groups: 'x', resourceAttributes: { verb: 'get' } } }], // prettier-ignore
    ['POST', `${ACCESS}/subjectaccessreviews`, { spec: 'x' }],
    ['POST', `${ACCESS}/selfsubjectaccessreviews`, { spec: { resourceAttributes: 'x' } }],
    ['POST', TOKENS, { spec: { token: 5 } }],
    ['POST', TOKENS, []],
    ['POST', `${PODS}/web/binding`, []],
    ['POST', `${PODS}/web/eviction`, 5],
    ['DELETE', `${MAPS}/a`, [5], { dryRun: 'All' }],
  ])('%s %s %j ends in a refusal, and the server goes on', (...sent) => {
    const lab = typed()
    expect(lab.send(...sent)).toMatchObject({ body: { kind: 'Status', metadata: {} } })
    expect(lab.send('GET', `${MAPS}/a`)).toMatchObject({ body: { data: { a: 'b' } } })
  })

  it.each<[string, ...Sent]>([
    ['the name of the object (a based on URL) was undeterminable: name must be provided', 'PATCH', `${MAPS}/a`, [{ op: 'replace', path: '/metadata', value: null }], {}, JSON_PATCH], // prettier-ignore
    ['error decoding patch: json: cannot unmarshal number into Go value of type jsonpatch.Operation', 'PATCH', `${MAPS}/a`, [5], {}, JSON_PATCH], // prettier-ignore
    ['415: Unsupported Media Type', 'PATCH', `${MAPS}/nobody`, {}, {}, 'application/json'],
    ["(must be of type Eviction): couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)", 'POST', `${PODS}/web/eviction`], // prettier-ignore
    ['(must be of type Binding)', 'POST', `${PODS}/web/binding`, []],
    ['(5b5d)', 'PUT', '/apis/apps/v1/namespaces/default/deployments/web/scale', []],
    ['target.name: Required value', 'POST', `${PODS}/web/binding`, { metadata: { name: 'web' } }],
    ['unexpected GroupVersion string: x/y/z ({"apiVersion":"x/y/z"})', 'POST', MAPS, { apiVersion: 'x/y/z' }],
    ['json: cannot unmarshal number into Go struct field .kind of type string ({"kind":5})', 'PUT', `${MAPS}/a`, { kind: 5 }], // prettier-ignore
    ['converting (v1.ConfigMapList) to (core.ConfigMap): unknown conversion', 'POST', MAPS, { apiVersion: 'v1', kind: 'ConfigMapList', items: [] }], // prettier-ignore
    ['converting (v1.List) to (core.ConfigMap): unknown conversion', 'POST', MAPS, { apiVersion: 'v1', kind: 'List' }],
    ['configmaps "a" already exists', 'POST', MAPS, MAP, { dryRun: 'All' }],
    ['finalizer orphan and foregroundDeletion cannot be both set', 'POST', MAPS, { ...MAP, metadata: { name: 'b', finalizers: ['orphan', 'foregroundDeletion'] } }], // prettier-ignore
    ['metadata.managedFields must be nil', 'PATCH', `${MAPS}/a`, { ...MAP, metadata: { managedFields: [] } }, { fieldManager: 'm' }, 'application/apply-patch+yaml'], // prettier-ignore
    ['uid mismatch: the provided object specified uid x, and no existing object was found', 'PATCH', `${MAPS}/new`, { ...MAP, metadata: { name: 'new', uid: 'x' } }, { fieldManager: 'm' }, 'application/apply-patch+yaml'], // prettier-ignore
    ['Invalid JSON Patch', 'PATCH', `${MAPS}/a`, null, {}, MERGE_PATCH],
    ['unknown patch type: merge in map: map[$patch:merge]', 'PATCH', `${MAPS}/a`, { $patch: 'merge' }, {}, STRATEGIC],
    ['metadata.ownerReferences.kind: Invalid value: "": kind must not be empty', 'PATCH', `${MAPS}/a`, { metadata: { ownerReferences: [{}] } }, {}, STRATEGIC], // prettier-ignore
    ['unexpected GroupVersion string: x/y/z', 'DELETE', `${MAPS}/a`, { apiVersion: 'x/y/z', kind: 'DeleteOptions' }],
    ['Non-matching dry-run options in request and content: [All] and [X]', 'POST', `${PODS}/web/eviction`, { metadata: { name: 'web' }, deleteOptions: { dryRun: ['X'] } }, { dryRun: 'All' }], // prettier-ignore
    ['DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "X"', 'POST', `${PODS}/web/eviction`, { metadata: { name: 'web' }, deleteOptions: { propagationPolicy: 'X' } }], // prettier-ignore
    ['the server does not allow this method on the requested resource', 'POST', '/version', {}],
  ])('is told: %s', (message, ...sent) => {
    expect(typed().send(...sent).body.message).toContain(message)
  })
})

describe('what says little', () => {
  it.each<[...Sent]>([
    ['POST', MAPS, { ...MAP, kind: '', apiVersion: '', metadata: { name: 'b', resourceVersion: '0' } }],
    ['PUT', `${MAPS}/a`, { ...MAP, metadata: { name: 'a', resourceVersion: '0' } }],
    ['PATCH', `${MAPS}/a`, { kind: '' }, {}, MERGE_PATCH],
    ['PATCH', `${MAPS}/a`, { kind: 'Secret', apiVersion: 'v2' }, {}, STRATEGIC],
    ['PATCH', `${MAPS}/a`, null, {}, STRATEGIC],
  ])('%s %s %j is taken to mean the kind of its path', (...sent) => {
    const { status, body } = typed().send(...sent)
    expect([status < 300, body.kind, body.data]).toEqual([true, 'ConfigMap', { a: 'b' }])
  })
})

describe('a deletion', () => {
  it('with a body is what the body says, whatever stands in the query', () => {
    const lab = typed()
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', dryRun: ['All'] }
    expect(lab.send('DELETE', `${MAPS}/a`, body, { propagationPolicy: 'X' }).status).toBe(200)
    expect(lab.send('GET', `${MAPS}/a`).status).toBe(200)
    expect(lab.send('DELETE', `${MAPS}/a`, {}, { dryRun: 'All' }).status).toBe(200)
    expect(lab.send('GET', `${MAPS}/a`).status).toBe(404)
  })

  it('names all that is wrong with it', () => {
    const { message } = typed().send('DELETE', `${MAPS}/a`, { orphanDependents: true, propagationPolicy: 'X' }).body
    expect(message).toContain('orphanDependents and deletionPropagation cannot be both set, propagationPolicy: Unsupported value: "X"') // prettier-ignore
  })

  it('of a collection is held to the options of a list, and says what it could not do', () => {
    const lab = typed()
    expect(lab.send('DELETE', MAPS, undefined, { limit: 'x' }).status).toBe(400)
    const refused = lab.send('DELETE', MAPS, { preconditions: { uid: 'x' } })
    expect(refused).toMatchObject({ status: 409, body: { reason: 'Conflict' } })
    expect(lab.send('GET', `${MAPS}/a`).status).toBe(200)
  })

  it('that an eviction tries only leaves the Pod as it is', () => {
    const lab = typed()
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'web' } }
    expect(lab.send('POST', `${PODS}/web/eviction`, { ...eviction, deleteOptions: { dryRun: ['All'] } }).status).toBe(201) // prettier-ignore
    expect(lab.send('GET', `${PODS}/web`).body).not.toHaveProperty('metadata.deletionTimestamp')
  })
})

describe('a question', () => {
  const about = { verb: 'get', resource: 'pods', namespace: 'default' }
  const LOCAL = `${ACCESS}/namespaces/default/localsubjectaccessreviews`

  it.each<[string, string, object]>([
    ['spec.resourceAttributes: Invalid value: "null": exactly one of', `${ACCESS}/selfsubjectaccessreviews`, {}],
    ['spec.user: Invalid value: "": at least one of user or group', `${ACCESS}/subjectaccessreviews`, { spec: { resourceAttributes: about } }], // prettier-ignore
    ['cannot be specified in combination with resourceAttributes', `${ACCESS}/selfsubjectaccessreviews`, { spec: { resourceAttributes: about, nonResourceAttributes: {} } }], // prettier-ignore
    ['metadata: Invalid value: {"name":"x"}: must be empty', `${ACCESS}/selfsubjectaccessreviews`, { metadata: { name: 'x' }, spec: { resourceAttributes: about } }], // prettier-ignore
    ['spec.resourceAttributes.namespace: Invalid value: "default": must match metadata.namespace', LOCAL, { spec: { user: 'u', resourceAttributes: about } }], // prettier-ignore
    ['disallowed on this kind of request', LOCAL, { metadata: { namespace: 'default' }, spec: { user: 'u', nonResourceAttributes: {} } }], // prettier-ignore
    ['spec.resourceAttributes.namespace must match namespace: default', LOCAL, { spec: { user: 'u', resourceAttributes: {} } }], // prettier-ignore
    ['no namespace on request', `${ACCESS}/selfsubjectrulesreviews`, {}],
    ['token is required for TokenReview in authentication', TOKENS, { spec: {} }],
  ])('that has no answer: %s', (message, path, body) => {
    expect(typed().send('POST', path, body).body.message).toContain(message)
  })
})

describe('a list', () => {
  it.each<[Query, string]>([
    [{ limit: '' }, 'strconv.ParseInt: parsing "": invalid syntax'],
    [{ limit: '99999999999999999999' }, 'value out of range'],
    [{ resourceVersionMatch: 'x' }, 'unless resourceVersion is provided, resourceVersionMatch: Unsupported value: "x"'],
    [{ resourceVersion: 'x' }, 'resourceVersion: Invalid value: "x": strconv.ParseUint'],
    [{ continue: '{}' }, 'illegal base64 data at input byte 0'],
  ])('with %j is refused: %s', (query, message) => {
    expect(typed().send('GET', MAPS, undefined, query).body.message).toContain(message)
  })

  it('of an empty name is empty', () => {
    const lab = typed()
    expect(lab.send('GET', MAPS, undefined, { fieldSelector: 'metadata.name=' }).body.items).toEqual([])
    expect(lab.send('GET', MAPS, undefined, { fieldSelector: 'metadata.name!=' }).body.items).toHaveLength(1)
  })

  it('of a version, with a limit, is of that very version', () => {
    const lab = typed()
    const { resourceVersion } = lab.send('GET', `${MAPS}/a`).body.metadata
    lab.send('POST', MAPS, { ...MAP, metadata: { name: 'b' } })
    expect(lab.send('GET', MAPS, undefined, { resourceVersion, limit: '5' }).body.items).toHaveLength(1)
  })
})
