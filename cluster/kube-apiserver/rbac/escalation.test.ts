/** Who may give away what, and what a kubelet may see. */
import { describe, expect, it } from 'vitest'
import type { HttpRequest, Method, UserInfo } from '#cluster/api/http.ts'
import { configMap, CONFIG_MAPS, Lab, pod, PODS, type Reply, requestOf } from '../lab.ts'

const RBAC = '/apis/rbac.authorization.k8s.io/v1'
const ROLES = `${RBAC}/namespaces/default/roles`
const BINDINGS = `${RBAC}/namespaces/default/rolebindings`
const ANA: UserInfo = { name: 'ana', groups: ['developers'] }
const NODE_1: UserInfo = { name: 'system:node:node-1', groups: ['system:nodes'] }

function newLab(): Lab {
  const lab = new Lab(1, { authorizationMode: 'Node,RBAC' })
  lab.run(1_000_000)
  return lab
}

function as(lab: Lab, user: UserInfo, method: Method, path: string, body?: unknown): Reply {
  const name = lab.start({ ...requestOf(method, path, body), user } as HttpRequest)
  lab.run(1_000_000)
  return lab.replyTo(name)!
}

const role = (name: string, ...rules: object[]) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name }, rules }) // prettier-ignore
const binding = (name: string, kind: string, of: string) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: of }, subjects: [{ kind: 'User', name: 'ana' }] }) // prettier-ignore

const PODS_RULE = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }

/** Ana may write roles and bindings here, and read Pods. */
function withAna(...more: object[]): Lab {
  const lab = newLab()
  const writes = { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: ['create'] }
  lab.send('POST', ROLES, role('rights', writes, PODS_RULE, ...more))
  lab.send('POST', BINDINGS, binding('ana', 'Role', 'rights'))
  lab.run(100_000)
  return lab
}

describe('escalation', () => {
  it('lets people give what they have, and names what they have not', () => {
    const lab = withAna()
    expect(as(lab, ANA, 'POST', ROLES, role('reader', PODS_RULE)).status).toBe(201)
    const more = { apiGroups: ['', 'apps'], resources: ['secrets'], verbs: ['get', 'list'] }
    const refused = as(lab, ANA, 'POST', ROLES, role('spy', PODS_RULE, more))
    expect([refused.status, refused.body.message]).toEqual([
      403,
      'roles.rbac.authorization.k8s.io "spy" is forbidden: user "ana" (groups=["developers" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}\n{APIGroups:["apps"], Resources:["secrets"], Verbs:["get" "list"]}',
    ])
  })

  it('holds for bindings, unless one may bind', () => {
    const lab = withAna()
    const refused = as(lab, ANA, 'POST', BINDINGS, binding('more', 'ClusterRole', 'edit'))
    expect(refused.body.message).toContain('rolebindings.rbac.authorization.k8s.io "more" is forbidden: user "ana"')
    expect(as(lab, ANA, 'POST', BINDINGS, binding('none', 'ClusterRole', 'nothing')).body.message).toBe(
      'clusterroles.rbac.authorization.k8s.io "nothing" not found',
    )
    const bind = { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], resourceNames: ['edit'], verbs: ['bind'] } // prettier-ignore
    expect(as(withAna(bind), ANA, 'POST', BINDINGS, binding('more', 'ClusterRole', 'edit')).status).toBe(201)
  })

  it('does not hold for who may escalate', () => {
    const escalate = { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['escalate'] }
    const everything = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }
    expect(as(withAna(escalate), ANA, 'POST', ROLES, role('all', everything)).status).toBe(201)
  })
})

describe('a path that is no resource', () => {
  it('is asked for by its URL', () => {
    const lab = newLab()
    expect(as(lab, ANA, 'GET', '/apis').status).toBe(200)
    expect(as(lab, ANA, 'GET', '/secret').body.message).toBe('forbidden: User "ana" cannot get path "/secret"')
    const rule = { nonResourceURLs: ['/sec*'], verbs: ['get'] }
    const wrong = lab.send('POST', ROLES, role('r', rule)).body.message
    expect(wrong).toContain('namespaced rules cannot apply to non-resource URLs')
    lab.send('POST', `${RBAC}/clusterroles`, { ...role('secrets', rule), kind: 'ClusterRole' })
    lab.send('POST', `${RBAC}/clusterrolebindings`, { ...binding('s', 'ClusterRole', 'secrets'), kind: 'ClusterRoleBinding' }) // prettier-ignore
    lab.run(100_000)
    expect(as(lab, ANA, 'GET', '/secret').status).toBe(404)
  })
})

describe('a role that is bound and not there', () => {
  it('is named in the refusal', () => {
    const lab = newLab()
    lab.send('POST', `${RBAC}/clusterrolebindings`, { ...binding('ghost', 'ClusterRole', 'ghost'), kind: 'ClusterRoleBinding' }) // prettier-ignore
    lab.run(100_000)
    expect(as(lab, ANA, 'GET', PODS).body.message).toBe(
      'pods is forbidden: User "ana" cannot list resource "pods" in API group "" in the namespace "default": RBAC: clusterrole.rbac.authorization.k8s.io "ghost" not found',
    )
  })
})

describe('the Node authorizer', () => {
  it('shows a kubelet what its Pods name, and nothing else', () => {
    const lab = newLab()
    for (const name of ['ours', 'theirs']) lab.send('POST', CONFIG_MAPS, configMap(name))
    const volumes = [{ name: 'v', configMap: { name: 'ours' } }]
    lab.send('POST', PODS, pod('here', {}, { nodeName: 'node-1', volumes }))
    lab.send('POST', PODS, pod('there', {}, { nodeName: 'node-2' }))
    lab.run(100_000)
    expect(as(lab, NODE_1, 'GET', `${CONFIG_MAPS}/ours`).status).toBe(200)
    expect(as(lab, NODE_1, 'GET', `${CONFIG_MAPS}/theirs`).body.message).toBe(
      `configmaps "theirs" is forbidden: User "system:node:node-1" cannot get resource "configmaps" in API group "" in the namespace "default": no relationship found between node 'node-1' and this object`,
    )
    expect(as(lab, NODE_1, 'GET', `${PODS}/here`).status).toBe(200)
    expect(as(lab, NODE_1, 'GET', `${PODS}/there`).status).toBe(403)
    expect(as(lab, NODE_1, 'GET', '/api/v1/nodes/node-2').body.message).toContain('only its own Node object')
    expect(as(lab, NODE_1, 'GET', '/api/v1/services').status).toBe(200)
  })

  it.each([
    ['a Secret of an environment variable', { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] }],
    ['a Secret of all variables', { envFrom: [{ secretRef: { name: 's' } }] }],
  ])('knows %s', (_, container) => {
    const lab = newLab()
    lab.send('POST', PODS, pod('p', {}, { nodeName: 'node-1', containers: [{ name: 'c', image: 'c', ...container }] }))
    lab.run(100_000)
    expect(as(lab, NODE_1, 'GET', '/api/v1/namespaces/default/secrets/s').status).toBe(404)
  }) // prettier-ignore
})

it('a kubelet reads the attachments of its own node, and does not learn which others there are', () => {
  const lab = newLab()
  const all = '/apis/storage.k8s.io/v1/volumeattachments'
  const attach = (name: string, nodeName: string) => lab.send('POST', all, { apiVersion: 'storage.k8s.io/v1', kind: 'VolumeAttachment', metadata: { name }, spec: { attacher: 'a.io', nodeName, source: { persistentVolumeName: 'v' } } }) // prettier-ignore
  attach('own', 'node-1')
  attach('other', 'node-2')
  expect(as(lab, NODE_1, 'GET', `${all}/own`).status).toBe(200)
  for (const name of ['other', 'nope']) {
    expect(as(lab, NODE_1, 'GET', `${all}/${name}`).body.message).toContain(
      "no relationship found between node 'node-1' and this object",
    )
  }
})
