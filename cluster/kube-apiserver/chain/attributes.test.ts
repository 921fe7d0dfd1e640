/** Who may not ask does not learn what there is: paths are judged by their shape, before anything else is said of them. */
import { describe, expect, it } from 'vitest'
import type { HttpRequest, Method, UserInfo } from '#cluster/api/http.ts'
import { Lab, requestOf } from '../lab.ts'
import { attributesOf } from './attributes.ts'

const ALICE: UserInfo = { name: 'alice', groups: [] }

function ask(lab: Lab, method: Method, path: string, more: Partial<HttpRequest> = { user: ALICE }) {
  const name = lab.start({ ...requestOf(method, path, method === 'GET' ? undefined : {}), ...more })
  lab.run(1_000_000)
  return lab.replyTo(name)!
}

const lab = new Lab(1, { authorizationMode: 'RBAC' })
lab.run(1_000_000)

describe('a path is refused as what it has the shape of', () => {
  const IN = '/api/v1/namespaces/x'
  it.each<[string, Method, string, string]>([
    ['a subresource that is not there', 'GET', `${IN}/pods/p/nope`, 'pods "p" is forbidden: User "alice" cannot get resource "pods/nope" in API group "" in the namespace "x"'],
    ['a verb that is not known there', 'POST', `${IN}/pods/p/log`, 'pods "p" is forbidden: User "alice" cannot create resource "pods/log" in API group "" in the namespace "x"'],
    ['another verb of that kind', 'GET', `${IN}/pods/p/eviction`, 'pods "p" is forbidden: User "alice" cannot get resource "pods/eviction" in API group "" in the namespace "x"'],
    ['a collection that is not deleted', 'DELETE', '/api/v1/namespaces', 'namespaces is forbidden: User "alice" cannot deletecollection resource "namespaces" in API group "" at the cluster scope'],
    ['a Pod without its namespace', 'GET', '/api/v1/pods/x', 'pods "x" is forbidden: User "alice" cannot get resource "pods" in API group "" at the cluster scope'],
    ['a node in a namespace', 'GET', `${IN}/nodes`, 'nodes is forbidden: User "alice" cannot list resource "nodes" in API group "" in the namespace "x"'],
    ['a group that is not there', 'GET', '/apis/nope.io/v1/foos', 'foos.nope.io is forbidden: User "alice" cannot list resource "foos" in API group "nope.io" at the cluster scope'],
    ['a version that is not there', 'POST', '/apis/apps/v2/deployments', 'deployments.apps is forbidden: User "alice" cannot create resource "deployments" in API group "apps" at the cluster scope'],
    ['a namespace, which is in itself', 'PUT', IN, 'namespaces "x" is forbidden: User "alice" cannot update resource "namespaces" in API group "" in the namespace "x"'],
    ['what belongs to a namespace', 'PUT', `${IN}/finalize`, 'namespaces "x" is forbidden: User "alice" cannot update resource "namespaces/finalize" in API group "" in the namespace "x"'],
    ['a question in a verb that no question knows', 'GET', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', 'selfsubjectaccessreviews.authorization.k8s.io is forbidden: User "alice" cannot list resource "selfsubjectaccessreviews" in API group "authorization.k8s.io" at the cluster scope'],
    ['a single check of health', 'GET', '/readyz/etcd', 'forbidden: User "alice" cannot get path "/readyz/etcd"'],
    ['health in another method', 'POST', '/healthz', 'forbidden: User "alice" cannot post path "/healthz"'],
    ['the version in another method', 'POST', '/version', 'forbidden: User "alice" cannot post path "/version"'],
  ])('%s', (_, method, path, message) => {
    const { status, body } = ask(lab, method, path)
    expect([status, body.message]).toEqual([403, message])
  }) // prettier-ignore

  it('and what is not there is not there for whoever may do everything', () => {
    expect(lab.send('GET', '/apis/nope.io/v1/foos').body).toBe('404 page not found\n')
    expect(lab.send('GET', '/api/v1/pods/x').status).toBe(404)
    expect(lab.send('DELETE', '/api/v1/namespaces').status).toBe(405)
    expect(lab.send('GET', '/readyz/etcd').body).toBe('ok')
  })

  it('a role within a namespace can let somebody see the namespace itself', () => {
    const own = new Lab(1, { authorizationMode: 'RBAC' })
    own.run(1_000_000)
    const RBAC = '/apis/rbac.authorization.k8s.io/v1/namespaces/default'
    const head = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'see' } }
    own.send('POST', `${RBAC}/roles`, { ...head, kind: 'Role', rules: [{ apiGroups: [''], resources: ['namespaces'], verbs: ['get'] }] }) // prettier-ignore
    own.send('POST', `${RBAC}/rolebindings`, { ...head, kind: 'RoleBinding', roleRef: { kind: 'Role', name: 'see' }, subjects: [{ kind: 'User', name: 'alice' }] }) // prettier-ignore
    expect(ask(own, 'GET', '/api/v1/namespaces/default').status).toBe(200)
    expect(ask(own, 'GET', '/api/v1/namespaces/kube-system').status).toBe(403)
  })
})

it.each([
  ['/api/v1', undefined],
  ['/apis/apps/v1', undefined],
  ['/nope/a/b/c', undefined],
  ['/api/v1/watch/namespaces/x/pods/p', ['watch', 'pods', 'x', 'p', '']],
  ['/apis/a.io/v1/namespaces/x/foos/f/status/', ['get', 'foos', 'x', 'f', 'status']],
  ['/api/v1/namespaces/x/status', ['get', 'namespaces', 'x', 'x', 'status']],
])('%s has the shape of %j', (path, shape) => {
  const info = attributesOf({ type: 'request', method: 'GET', path })
  expect(info && [info.verb, info.resource.resource, info.namespace, info.name, info.subresource]).toEqual(shape)
})

it.each<[Record<string, string>, string]>([
  [{ 'impersonate-group': 'x' }, '[{Group  x    }]'],
  [{ 'impersonate-extra-a': 'x' }, '[{UserExtra  x  authentication.k8s.io/v1  a}]'],
])('who borrows %j and names nobody gets a page that says so', (headers, shown) => {
  const { status, body } = ask(lab, 'GET', '/api/v1/pods', { headers, query: { limit: '1' } })
  expect([status, body]).toEqual([500, `Internal Server Error: "/api/v1/pods?limit=1": requested ${shown} without impersonating a user\n`]) // prettier-ignore
})
