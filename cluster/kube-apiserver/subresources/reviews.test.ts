import { describe, expect, it } from 'vitest'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import type { HttpResponse } from '#cluster/api/http.ts'
import { ELLA } from '#cluster/api/signing-requests.test-data.ts'
import { Lab, pod, PODS, requestOf } from '../lab.ts'

const ACCESS = '/apis/authorization.k8s.io/v1'
const AUTHENTICATION = '/apis/authentication.k8s.io/v1'
const ANNA = { name: 'anna', groups: ['devs'] }

function ready(options = {}): Lab {
  const lab = new Lab(1, options)
  lab.run(1_000_000)
  return lab
}

function askAs(lab: Lab, user: { name: string; groups: string[] }, path: string, body: object): any {
  const name = lab.start({ ...requestOf('POST', path, body), user })
  lab.run(1_000_000)
  return lab.replyTo(name)!.body
}

const may = (verb: string, resource: string, namespace = 'default') => ({
  spec: { resourceAttributes: { verb, resource, namespace } },
})

describe('a review', () => {
  it('says who asks', () => {
    const { status } = askAs(ready(), ANNA, `${AUTHENTICATION}/selfsubjectreviews`, {})
    expect(status.userInfo).toEqual({ username: 'anna', groups: ['devs', 'system:authenticated'] })
  })

  it('a request for a certificate bears the name of who asks, whatever it says itself', () => {
    const REQUESTS = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
    const spec = { request: ELLA, signerName: 'example.com/own', usages: ['client auth'], username: 'somebody', groups: ['system:masters'] } // prettier-ignore
    const kind = { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name: 'own' } }
    const lab = ready()
    const { request, signerName, usages } = spec
    expect(askAs(lab, ANNA, REQUESTS, { ...kind, spec }).spec).toEqual({ request, signerName, usages, username: 'anna', groups: ['devs', 'system:authenticated'] }) // prettier-ignore
    expect(askAs(lab, ANNA, REQUESTS, { ...kind, spec: {} }).message).toContain(
      'spec.request: Invalid value: null: PEM block type must be CERTIFICATE REQUEST',
    )
  })

  it('says what one may do, and what another may', () => {
    const lab = ready({ authorizationMode: 'RBAC' })
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default'
    const rules = [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }]
    lab.send('POST', `${rbac}/roles`, { metadata: { name: 'reader' }, rules })
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' }
    lab.send('POST', `${rbac}/rolebindings`, { metadata: { name: 'r' }, roleRef, subjects: [{ kind: 'Group', name: 'devs' }] }) // prettier-ignore
    const own = `${ACCESS}/selfsubjectaccessreviews`
    expect(askAs(lab, ANNA, own, may('get', 'pods')).status.allowed).toBe(true)
    expect(askAs(lab, ANNA, own, may('delete', 'pods')).status.allowed).toBe(false)
    expect(askAs(lab, ANNA, own, may('get', 'pods', 'kube-system')).status.allowed).toBe(false)
    expect(askAs(lab, ANNA, `${ACCESS}/selfsubjectrulesreviews`, { spec: { namespace: 'default' } }).status.resourceRules).toEqual(expect.arrayContaining(rules)) // prettier-ignore
    // Of others, only those may ask who may.
    const other = { spec: { ...may('get', 'pods').spec, user: 'anna', groups: ['devs'] } }
    expect(askAs(lab, ANNA, `${ACCESS}/subjectaccessreviews`, other)).toMatchObject({ code: 403 })
    expect(lab.send('POST', `${ACCESS}/subjectaccessreviews`, other)).toMatchObject({ status: 201, body: { status: { allowed: true } } }) // prettier-ignore
  })

  it('says whose a token is', () => {
    const lab = ready({ tokens: { secret: ANNA } })
    const ask = (token: string) => lab.send('POST', `${AUTHENTICATION}/tokenreviews`, { spec: { token } }).body.status
    expect(ask('secret')).toMatchObject({ authenticated: true, user: { username: 'anna' } })
    expect(ask('wrong')).toEqual({ user: {}, error: 'invalid bearer token' })
  })

  it('can only be made', () => {
    expect(ready().send('GET', `${AUTHENTICATION}/tokenreviews`)).toMatchObject({ status: 405 })
  })

  it('of components lists the members of etcd, and who does not answer on its machine', () => {
    const { items } = ready().send('GET', '/api/v1/componentstatuses').body
    expect(items.map(({ metadata, conditions: [{ status }] }: any) => [metadata.name, status])).toEqual([['controller-manager', 'False'], ['scheduler', 'False'], ['etcd-0', 'True']]) // prettier-ignore
    const lab = new Lab(1, {}, builtInSchemas)
    lab.run(1_000_000)
    const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }
    const name = lab.start({ ...requestOf('GET', '/api/v1/componentstatuses'), headers })
    lab.run(1_000_000)
    const { body, headers: said } = lab.heard(name).at(-1)!.body as HttpResponse & { body: any }
    expect(body.columnDefinitions.map((column: { name: string }) => column.name)).toEqual(['Name', 'Status', 'Message', 'Error']) // prettier-ignore
    expect(body.rows[2].cells).toEqual(['etcd-0', 'Healthy', 'ok', ''])
    expect(said!['warning']).toBe('299 - "v1 ComponentStatus is deprecated in v1.19+"')
  })
})

describe('an eviction', () => {
  const BUDGETS = '/apis/policy/v1/namespaces/default/poddisruptionbudgets'
  const evict = (lab: Lab, name: string) => lab.send('POST', `${PODS}/${name}/eviction`, { metadata: { name } })

  function withRunningPod(): Lab {
    const lab = ready()
    lab.send('POST', PODS, pod('web', { app: 'web' }))
    const { body } = lab.send('GET', `${PODS}/web`)
    const status = { ...body.status, phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }
    lab.send('PUT', `${PODS}/web/status`, { ...body, status })
    return lab
  }

  it('deletes the Pod where nothing speaks against it', () => {
    const lab = withRunningPod()
    expect(evict(lab, 'web').status).toBe(201)
    expect(lab.send('GET', `${PODS}/web`).status).toBe(404)
    expect(evict(lab, 'nobody').status).toBe(404)
  })

  it('says on the Pod why it goes, and then that it does; a trial says nothing', () => {
    const lab = withRunningPod()
    const running = lab.send('GET', `${PODS}/web`).body
    const scheduled = { ...pod('bound'), spec: { ...pod('bound').spec, nodeName: 'node-1' } }
    const { body: bound } = lab.send('POST', PODS, scheduled)
    const since = { resourceVersion: bound.metadata.resourceVersion }
    const watch = lab.watch(PODS, since)
    lab.send('POST', `${PODS}/web/eviction`, { metadata: { name: 'web' } }, { dryRun: 'All' })
    expect(lab.send('GET', `${PODS}/web`).body).toEqual(running)
    evict(lab, 'web')
    evict(lab, 'bound')
    evict(lab, 'bound')
    expect(lab.told(watch)).toBe('MODIFIED web, DELETED web, MODIFIED bound, MODIFIED bound')
    const { metadata, status } = lab.send('GET', `${PODS}/bound`).body
    expect(metadata.deletionGracePeriodSeconds).toBe(30)
    expect(status.conditions.at(-1)).toMatchObject({
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
    })
  })

  it.each([
    ['was seen', 0, 201],
    ['has been since', 1, 409],
  ])('of the version that %s', (_, behind, code) => {
    const lab = withRunningPod()
    const { resourceVersion } = lab.send('GET', `${PODS}/web`).body.metadata
    const preconditions = { resourceVersion: String(Number(resourceVersion) - behind) }
    const sent = { metadata: { name: 'web' }, deleteOptions: { preconditions } }
    expect(lab.send('POST', `${PODS}/web/eviction`, sent).status).toBe(code)
    expect(lab.send('GET', `${PODS}/web`).status).toBe(code === 201 ? 404 : 200)
  })

  it('asks the budget that protects it', () => {
    const lab = withRunningPod()
    const budget = { metadata: { name: 'b' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } } }
    const { body: made } = lab.send('POST', BUDGETS, budget)
    expect(evict(lab, 'web')).toMatchObject({
      status: 429,
      body: {
        reason: 'TooManyRequests',
        message: "Cannot evict pod as it would violate the pod's disruption budget.",
        details: { causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget b is still being processed by the server.' }] }, // prettier-ignore
      },
    })
    const settle = (disruptionsAllowed: number) => {
      const { body } = lab.send('GET', `${BUDGETS}/b`)
      const status = { observedGeneration: made.metadata.generation, desiredHealthy: 1, currentHealthy: 1, disruptionsAllowed } // prettier-ignore
      lab.send('PUT', `${BUDGETS}/b/status`, { ...body, status })
      lab.run(100_000)
    }
    settle(0)
    expect(evict(lab, 'web').body.details.causes[0].message).toBe('The disruption budget b needs 1 healthy pods and has 1 currently') // prettier-ignore
    expect(lab.send('GET', `${PODS}/web`).status).toBe(200)
    settle(1)
    expect(evict(lab, 'web').status).toBe(201)
  })
})

describe('a part of an object', () => {
  it('is all that its subresource changes', () => {
    const lab = ready()
    lab.send('POST', PODS, pod('web'))
    const { body } = lab.send('GET', `${PODS}/web`)
    const helper = { name: 'helper', image: 'busybox' }
    const spec = { ...body.spec, ephemeralContainers: [helper], hostname: 'other' }
    const changed = lab.send('PUT', `${PODS}/web/ephemeralcontainers`, { ...body, spec }).body
    expect(changed.spec.ephemeralContainers).toEqual([{ ...helper, imagePullPolicy: 'Always' }])
    expect(changed.spec.hostname).toBeUndefined()
    expect(changed.metadata.generation).toBe(2)
    const gone = lab.send('PUT', `${PODS}/web/ephemeralcontainers`, { ...changed, spec: { ...changed.spec, ephemeralContainers: [] } }) // prettier-ignore
    expect(gone.body.message).toContain('existing ephemeral containers "helper" may not be removed')
    const odd = { name: 'app', image: 'busybox', targetContainerName: 'nobody', ports: [{ containerPort: 1 }] }
    const refused = lab.send('PUT', `${PODS}/web/ephemeralcontainers`, { ...changed, spec: { ...changed.spec, ephemeralContainers: [...changed.spec.ephemeralContainers, odd] } }) // prettier-ignore
    expect(refused.body.details.causes).toMatchObject([
      { reason: 'FieldValueDuplicate', field: 'spec.ephemeralContainers[1].name' },
      { reason: 'FieldValueNotFound', field: 'spec.ephemeralContainers[1].targetContainerName' },
      { reason: 'FieldValueForbidden', message: 'Forbidden: cannot be set for an Ephemeral Container' },
    ])
    const resized = lab.send('PATCH', `${PODS}/web/resize`, { spec: { containers: [{ name: 'app', resources: { requests: { cpu: '1' } } }] } }, undefined, 'application/strategic-merge-patch+json') // prettier-ignore
    expect(resized.body.spec.containers[0]).toMatchObject({ image: 'registry.example/app:1', resources: { requests: { cpu: '1' } } }) // prettier-ignore
  })

  it('a Binding may be sent to the collection of Bindings', () => {
    const lab = ready()
    lab.send('POST', PODS, pod('web'))
    const binding = { metadata: { name: 'web' }, target: { kind: 'Node', name: 'node-1' } }
    expect(lab.send('POST', '/api/v1/namespaces/default/bindings', binding).status).toBe(201)
    expect(lab.send('GET', `${PODS}/web`).body.spec.nodeName).toBe('node-1')
  })
})
