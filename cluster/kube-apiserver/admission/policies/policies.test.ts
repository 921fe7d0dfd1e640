/** Admission policies: what they refuse and in which words, where they are in force, and what is no policy. */
import { describe, expect, it } from 'vitest'
import type { HttpResponse } from '#cluster/api/http.ts'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import { imageOf } from '#cluster/kernel/disk.ts'
import { TraceRing } from '#cluster/kernel/trace.ts'
import { configMap, CONFIG_MAPS, deployment, DEPLOYMENTS, Lab, pod, PODS, requestOf, SERVER } from '../../lab.ts'
import type { AuditEvent } from '../../state.ts'
import { DEFAULT_ADMISSION_PLUGINS } from '../admission.ts'

const ROOT = '/apis/admissionregistration.k8s.io/v1'
const POLICIES = `${ROOT}/validatingadmissionpolicies`
const BINDINGS = `${ROOT}/validatingadmissionpolicybindings`

const rule = (resource: string, group = '', operations: readonly string[] = ['CREATE', 'UPDATE']) => ({ operations, apiGroups: [group], apiVersions: ['v1'], resources: [resource] }) // prettier-ignore

const policy = (name: string, spec: object) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name },
  spec: { matchConstraints: { resourceRules: [rule('configmaps')] }, ...spec },
})

const binding = (policyName: string, spec: object = {}, name = `${policyName}-binding`) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name },
  spec: { policyName, validationActions: ['Deny'], ...spec },
})

// The account of a Pod would have to be made first.
const PLUGINS = DEFAULT_ADMISSION_PLUGINS.filter((name) => name !== 'ServiceAccount')

function newLab(options: object = {}): Lab {
  const lab = new Lab(1, { admissionPlugins: PLUGINS, ...options }, builtInSchemas)
  lab.run(500_000)
  return lab
}

function put(lab: Lab, ...objects: { readonly kind: string }[]): void {
  for (const object of objects) {
    const { status, body } = lab.send('POST', object.kind.endsWith('Binding') ? BINDINGS : POLICIES, object)
    expect([status, body.message]).toEqual([201, undefined])
  }
  lab.run(100_000)
}

/** A server with one policy about ConfigMaps, in force everywhere. */
function withPolicy(spec: object, bound: object = {}, options: object = {}): Lab {
  const lab = newLab(options)
  put(lab, policy('demo', spec), binding('demo', bound))
  return lab
}

const create = (lab: Lab, name = 'a', data: Record<string, string> = {}) => lab.send('POST', CONFIG_MAPS, configMap(name, data)) // prettier-ignore
const validation = (expression: string, more: object = {}) => ({ validations: [{ expression, ...more }] })

describe('a policy', () => {
  // https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
  it('denies in the words of upstream, and leaves the store as it was', () => {
    const lab = newLab()
    put(
      lab,
      policy('demo-policy.example.com', {
        matchConstraints: { resourceRules: [rule('deployments', 'apps')] },
        ...validation('object.spec.replicas <= 5'),
      }),
      binding('demo-policy.example.com', {}, 'demo-binding-test.example.com'),
    )
    const { status, body } = lab.send('POST', DEPLOYMENTS, deployment('nginx', { replicas: 6 }))
    const why = "ValidatingAdmissionPolicy 'demo-policy.example.com' with binding 'demo-binding-test.example.com' denied request: failed expression: object.spec.replicas <= 5" // prettier-ignore
    expect(status).toBe(422)
    expect(body).toMatchObject({
      reason: 'Invalid',
      message: `deployments.apps "nginx" is forbidden: ${why}`,
      details: { name: 'nginx', group: 'apps', kind: 'deployments', causes: [{ message: why }] },
    })
    expect(lab.send('GET', `${DEPLOYMENTS}/nginx`).status).toBe(404)
    expect(lab.send('POST', DEPLOYMENTS, deployment('nginx', { replicas: 5 })).status).toBe(201)
    expect(lab.patch(`${DEPLOYMENTS}/nginx`, { spec: { replicas: 6 } }).body.message).toContain(why)
  })

  it.each<[string, object, [number, string]]>([
    ['a message', validation('false', { message: ' no ' }), [422, 'denied request: no']],
    ['a message that is made', validation('false', { messageExpression: '"not " + object.metadata.name', message: 'no' }), [422, 'denied request: not a']],
    ['a message that comes to nothing', validation('false', { messageExpression: 'string(object.nothing)', message: 'no' }), [422, 'denied request: no']],
    ['a reason', validation('false', { reason: 'Forbidden', message: 'no' }), [403, 'configmaps "a" is forbidden: ValidatingAdmissionPolicy']],
    ['an error', validation('object.nothing > 1'), [422, "denied request: expression 'object.nothing > 1' resulted in error: no such key: nothing"]],
    ['a variable', { variables: [{ name: 'size', expression: 'object.data.size()' }, { name: 'isSmall', expression: 'variables.size < 1' }], ...validation('variables.isSmall') }, [422, 'denied request: failed expression: variables.isSmall']],
    ['a variable that comes to nothing', { variables: [{ name: 'x', expression: 'object.nothing' }], ...validation('variables.x == 1') }, [422, `resulted in error: composited variable "x" fails to evaluate: no such key: nothing`]],
    ['who asks', validation('request.userInfo.username == "somebody" && request.operation == "CREATE"'), [422, 'failed expression']],
    ['the namespace', validation('namespaceObject.metadata.labels["kubernetes.io/metadata.name"] != "default"'), [422, 'failed expression']],
    ['too much to do', validation('"x".matches("y") || [1,2,3,4,5,6,7,8,9,0].map(a, [1,2,3,4,5,6,7,8,9,0].map(b, [1,2,3,4,5,6,7,8,9,0].map(c, [1,2,3,4,5,6,7,8,9,0].map(d, [1,2,3,4,5,6,7,8,9,0].map(e, a + b))))).size() == 0'), [422, 'resulted in error: operation cancelled: actual cost limit exceeded']],
  ])('with %s', (_, spec, [code, why]) => {
    const { status, body } = create(withPolicy(spec), 'a', { key: 'value' })
    expect([status, body.message]).toEqual([code, expect.stringContaining(why)])
  }) // prettier-ignore

  it.each<[string, object, object]>([
    ['that ignores its failures', { failurePolicy: 'Ignore', ...validation('object.nothing > 1') }, {}],
    ['whose conditions do not hold', { matchConditions: [{ name: 'b', expression: 'object.metadata.name == "b"' }], ...validation('false') }, {}],
    ['about other operations', { matchConstraints: { resourceRules: [rule('configmaps', '', ['DELETE'])] }, ...validation('false') }, {}],
    ['about another name', { matchConstraints: { resourceRules: [{ ...rule('configmaps'), resourceNames: ['b'] }] }, ...validation('false') }, {}],
    ['that leaves it out', { matchConstraints: { resourceRules: [rule('*')], excludeResourceRules: [rule('configmaps')] }, ...validation('false') }, {}],
    ['bound to other namespaces', validation('false'), { matchResources: { namespaceSelector: { matchLabels: { env: 'prod' } } } }],
    ['bound to other objects', validation('false'), { matchResources: { objectSelector: { matchLabels: { env: 'prod' } } } }],
    ['that is bound by another name', validation('false'), { policyName: 'other' }],
  ])('%s does not keep a write from passing', (_, spec, bound) => expect(create(withPolicy(spec, bound)).status).toBe(201)) // prettier-ignore

  it('may compare with what was, and hears of deletions', () => {
    const lab = newLab()
    const resourceRules = [rule('configmaps', '', ['UPDATE', 'DELETE'])]
    put(lab, policy('demo', { matchConstraints: { resourceRules }, ...validation('object != null && oldObject.data.key == object.data.key') }), binding('demo')) // prettier-ignore
    expect(create(lab, 'a', { key: '1' }).status).toBe(201)
    expect(lab.patch(`${CONFIG_MAPS}/a`, { data: { key: '2' } }).status).toBe(422)
    expect(lab.patch(`${CONFIG_MAPS}/a`, { data: { other: '2' } }).status).toBe(200)
    expect(lab.send('DELETE', `${CONFIG_MAPS}/a`).body.message).toContain('configmaps "a" is forbidden: ValidatingAdmissionPolicy') // prettier-ignore
  })

  it('asks the authorizer, about who asks and about accounts', () => {
    const may = (who: string) =>
      `${who}.group("").resource("pods").namespace("default").name("x").check("get").allowed()`
    const lab = withPolicy(
      { validations: [{ expression: may('authorizer'), message: 'you' }, { expression: may('authorizer.serviceAccount("default", "builder")'), message: 'builder' }, { expression: 'authorizer.requestResource.check("create").allowed() && authorizer.path("/healthz").check("get").allowed()' }] }, // prettier-ignore
      {},
      { authorizationMode: 'RBAC' },
    )
    expect(create(lab).body.message).toContain('denied request: builder')
    const subjects = [{ kind: 'ServiceAccount', name: 'builder', namespace: 'default' }]
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' }
    const bound = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'b' }, subjects, roleRef } // prettier-ignore
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
    lab.send('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'view' }, rules }) // prettier-ignore
    lab.send('POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings', bound)
    lab.run(100_000)
    expect(create(lab).status).toBe(201)
  })

  it('warns and writes down, where its binding says so', () => {
    const spec = { ...validation('false', { message: 'no' }), auditAnnotations: [{ key: 'name', valueExpression: '"was " + object.metadata.name' }, { key: 'none', valueExpression: 'null' }] } // prettier-ignore
    const auditPolicy = { rules: [{ level: 'Metadata' }] }
    const lab = withPolicy(spec, { validationActions: ['Warn', 'Audit'] }, { auditPolicy })
    const name = lab.start(requestOf('POST', CONFIG_MAPS, configMap('a')))
    lab.run(2_000_000)
    const { status, headers } = lab.heard(name).at(-1)!.body as HttpResponse
    expect(status).toBe(201)
    expect(headers?.['warning']).toContain("Validation failed for ValidatingAdmissionPolicy 'demo' with binding 'demo-binding': no") // prettier-ignore
    const events = Object.values(imageOf(lab.world.process(SERVER)!.disk)).flat() as AuditEvent[]
    const { annotations } = events.find(({ requestURI, stage }) => requestURI === CONFIG_MAPS && stage === 'ResponseComplete')! // prettier-ignore
    expect(annotations).toMatchObject({
      'demo/name': 'was a',
      'validation.policy.admission.k8s.io/validation_failure': '[{"message":"no","policy":"demo","binding":"demo-binding","expressionIndex":0,"validationActions":["Warn","Audit"]}]', // prettier-ignore
    })
    expect(annotations).not.toHaveProperty('demo/none')
  })

  it('is a stage of the write in the trace', () => {
    const lab = withPolicy(validation('false', { message: 'no' }))
    const trace = new TraceRing(200)
    lab.world.trace = trace
    create(lab)
    const notes = trace.events().flatMap((entry) => entry.notes)
    expect(notes.filter(({ kind }) => kind === 'admission').map(({ detail }) => detail)).toContainEqual({ plugin: 'ValidatingAdmissionPolicy', phase: 'validating', outcome: 'refused', why: expect.stringContaining('no') }) // prettier-ignore
  })
})

describe('status.typeChecking', () => {
  const statusOf = (spec: object) => {
    const lab = newLab()
    put(lab, policy('demo', spec))
    lab.run(500_000)
    return lab.send('GET', `${POLICIES}/demo`).body.status
  }

  it('warns of what the kinds have not, in the words of upstream', () => {
    const resourceRules = [{ ...rule('deployments', 'apps'), resources: ['deployments', 'replicasets'] }]
    const validations = [{ expression: 'object.spec.replicas > 1', messageExpression: '"not " + object.spec.paused' }, { expression: 'object.spec.strategy.type == "Recreate"' }] // prettier-ignore
    const { observedGeneration, typeChecking } = statusOf({ matchConstraints: { resourceRules }, validations })
    expect(observedGeneration).toBe(1)
    expect(typeChecking.expressionWarnings).toEqual([
      { fieldRef: 'spec.validations[0].messageExpression', warning: "apps/v1, Kind=Deployment: ERROR: <input>:1:8: found no matching overload for '_+_' applied to '(string, bool)'\n | \"not \" + object.spec.paused\n | .......^\n\napps/v1, Kind=ReplicaSet: ERROR: <input>:1:21: undefined field 'paused'\n | \"not \" + object.spec.paused\n | ....................^\n" }, // prettier-ignore
      { fieldRef: 'spec.validations[1].expression', warning: "apps/v1, Kind=ReplicaSet: ERROR: <input>:1:12: undefined field 'strategy'\n | object.spec.strategy.type == \"Recreate\"\n | ...........^\n" }, // prettier-ignore
    ])
  })

  it('has nothing to say of what is right, or of kinds that are not named', () => {
    expect(statusOf(validation('object.data["a"] == "b" && object.metadata.labels.all(k, k != "")'))).toEqual({ observedGeneration: 1, typeChecking: {} }) // prettier-ignore
    expect(statusOf({ matchConstraints: { resourceRules: [rule('*')] }, ...validation('object.nothing == 1') })).toEqual({ observedGeneration: 1, typeChecking: {} }) // prettier-ignore
  })
})

describe('params', () => {
  const spec = { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, matchConstraints: { resourceRules: [rule('pods')] }, ...validation('params == null || object.metadata.name.startsWith(params.data.prefix)', { messageExpression: '"must begin with " + params.data.prefix' }) } // prettier-ignore
  const bind = (paramRef: object) => {
    const lab = newLab()
    create(lab, 'a', { prefix: 'a-' })
    lab.send('POST', CONFIG_MAPS, { ...configMap('b', { prefix: 'b-' }), metadata: { name: 'b', labels: { rules: 'yes' } } }) // prettier-ignore
    put(lab, policy('demo', spec), binding('demo', { paramRef: { parameterNotFoundAction: 'Deny', ...paramRef } }))
    return lab
  }
  const make = (lab: Lab, name: string): string => lab.send('POST', PODS, pod(name)).body.message ?? 'made'

  it('are an object by its name, beside the write or in a namespace of its own', () => {
    expect(make(bind({ name: 'a' }), 'x')).toContain('denied request: must begin with a-')
    expect(make(bind({ name: 'a' }), 'a-x')).toBe('made')
    expect(make(bind({ name: 'a', namespace: 'kube-system' }), 'a-x')).toContain("failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction") // prettier-ignore
    expect(make(bind({ name: 'c', parameterNotFoundAction: 'Allow' }), 'x')).toBe('made')
  })

  it('are all that a selector finds', () => {
    const lab = bind({ selector: { matchLabels: { rules: 'yes' } } })
    expect(make(lab, 'a-x')).toContain('must begin with b-')
    expect(make(lab, 'b-x')).toBe('made')
  })

  it('must be of a kind that is served', () => {
    const lab = newLab()
    put(lab, policy('demo', { ...spec, paramKind: { apiVersion: 'rules.example.com/v1', kind: 'Limit' } }), binding('demo')) // prettier-ignore
    expect(make(lab, 'x')).toContain("ValidatingAdmissionPolicy 'demo' denied request: failed to configure policy: failed to find resource referenced by paramKind: 'rules.example.com/v1, Kind=Limit'") // prettier-ignore
  })
})

describe('what is no policy', () => {
  const refused = (object: { readonly kind: string }): string => {
    const lab = newLab()
    const { status, body } = lab.send('POST', object.kind.endsWith('Binding') ? BINDINGS : POLICIES, object)
    expect(status).toBe(422)
    return body.message
  }

  it.each<[string, object, string]>([
    ['an expression that does not compile', validation('object.spec.replicas <'), 'ValidatingAdmissionPolicy.admissionregistration.k8s.io "demo" is invalid: spec.validations[0].expression: Invalid value: "object.spec.replicas <": compilation failed: ERROR: <input>:1:23: Syntax error: mismatched input \'<EOF>\' expecting'],
    ['a field that a request has not', validation('request.verb == "x"'), "spec.validations[0].expression: Invalid value: \"request.verb == \\\"x\\\"\": compilation failed: ERROR: <input>:1:8: undefined field 'verb'"],
    ['an expression that is no condition', validation('1 + 1'), 'must evaluate to bool but got int'],
    ['params without a kind', validation('params != null'), "undeclared reference to 'params' (in container '')"],
    ['a message that asks the authorizer', validation('true', { messageExpression: 'string(authorizer.path("/").check("get").allowed())' }), "spec.validations[0].messageExpression: Invalid value: \"string(authorizer.path(\\\"/\\\").check(\\\"get\\\").allowed())\": compilation failed: ERROR: <input>:1:8: undeclared reference to 'authorizer' (in container '')"],
    ['a variable before it is made', { variables: [{ name: 'a', expression: 'variables.b' }, { name: 'b', expression: '1' }], ...validation('true') }, 'spec.variables[0].expression: Invalid value: "variables.b": compilation failed'],
    ['a variable of a bad name', { variables: [{ name: 'a-b', expression: '1' }], ...validation('true') }, 'spec.variables[0].name: Invalid value: "a-b": name is not a valid CEL identifier'],
    ['nothing to validate', {}, '[spec.validations: Required value: validations or auditAnnotations must contain at least one item, spec.auditAnnotations: Required value'],
    ['a remark of another type', { auditAnnotations: [{ key: 'a', valueExpression: '1' }] }, 'spec.auditAnnotations[0].valueExpression: Invalid value: "1": must evaluate to one of [string null_type] but got int'],
    ['nothing to match', { matchConstraints: {}, ...validation('true') }, 'spec.matchConstraints.resourceRules: Required value'],
    ['a condition twice', { matchConditions: [{ name: 'a', expression: 'true' }, { name: 'a', expression: 'x' }], ...validation('true') }, 'spec.matchConditions[1].expression: Invalid value: "x": compilation failed'],
    ['another reason', validation('true', { reason: 'Because' }), 'spec.validations[0].reason: Unsupported value: "Because": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized"'],
  ])('%s', (_, spec, why) => expect(refused(policy('demo', spec))).toContain(why)) // prettier-ignore

  it.each<[string, object, string]>([
    ['no action', { validationActions: [] }, 'spec.validationActions: Required value: at least one validation action is required'],
    ['to deny and to warn', { validationActions: ['Deny', 'Warn'] }, 'must not contain both Deny and Warn'],
    ['params by name and by selector', { paramRef: { name: 'a', selector: {}, parameterNotFoundAction: 'Deny' } }, 'spec.paramRef.name: Forbidden: name and selector are mutually exclusive'],
    ['params and no word on what is to be without them', { paramRef: { name: 'a' } }, 'spec.paramRef.parameterNotFoundAction: Required value'],
  ])('a binding with %s', (_, spec, why) => expect(refused(binding('demo', spec))).toContain(why)) // prettier-ignore
})
