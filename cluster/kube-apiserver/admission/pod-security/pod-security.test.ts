/** What the Pod Security Standards say of a Pod, in their words. */
import { describe, expect, it } from 'vitest'
import { isEqual } from '#cluster/api/meta.ts'
import type { HttpResponse } from '#cluster/api/http.ts'
import { deployment, DEPLOYMENTS, Lab, pod, PODS, requestOf } from '../../lab.ts'

const NAMESPACE = '/api/v1/namespaces/default'

/** A lab whose namespace `default` bears these labels. */
function labelled(labels: Readonly<Record<string, string>>): Lab {
  const lab = new Lab(1, { admissionPlugins: ['PodSecurity'] })
  lab.run(1_000_000)
  const named = Object.entries(labels).map(([mode, level]) => [`pod-security.kubernetes.io/${mode}`, level])
  lab.patch(NAMESPACE, { metadata: { labels: Object.fromEntries(named) } })
  lab.run(100_000)
  return lab
}

function warningsOf(lab: Lab, method: 'POST' | 'PATCH', path: string, body: unknown): string | undefined {
  const name = lab.start(requestOf(method, path, body, undefined, 'application/merge-patch+json'))
  lab.run(1_000_000)
  return (lab.heard(name).at(-1)!.body as HttpResponse).headers?.['warning']
}

const container = (securityContext: object, more: object = {}) => ({ containers: [{ name: 'app', image: 'app', securityContext, ...more }] }) // prettier-ignore
const HARDENED = { allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' } } // prettier-ignore

describe('PodSecurity', () => {
  it.each([
    ['privileged', container({ privileged: true }), 'privileged (container "app" must not set securityContext.privileged=true)'],
    ['the host’s namespaces', { ...container({}), hostNetwork: true, hostPID: true }, 'host namespaces (hostNetwork=true, hostPID=true)'],
    ['a port of the host', container({}, { ports: [{ containerPort: 80, hostPort: 80 }] }), 'hostPort (container "app" uses hostPort 80)'],
    ['a folder of the host', { ...container({}), volumes: [{ name: 'root', hostPath: { path: '/' } }] }, 'hostPath volumes (volume "root")'],
    ['a capability', container({ capabilities: { add: ['NET_ADMIN'] } }), 'non-default capabilities (container "app" must not include "NET_ADMIN" in securityContext.capabilities.add)'],
    ['a sysctl', { ...container({}), securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }, 'forbidden sysctls (kernel.msgmax)'],
    ['SELinux', container({ seLinuxOptions: { type: 'spc_t', user: 'u' } }), 'seLinuxOptions (container "app" set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set)'],
  ])('baseline refuses %s', (_, spec, why) => {
    const { status, body } = labelled({ enforce: 'baseline' }).send('POST', PODS, pod('p', {}, spec))
    expect([status, body.message]).toEqual([403, `pods "p" is forbidden: violates PodSecurity "baseline:latest": ${why}`])
  }) // prettier-ignore

  it('restricted wants what hardens a Pod', () => {
    const lab = labelled({ enforce: 'restricted', 'enforce-version': 'v1.36' })
    expect(lab.send('POST', PODS, pod('p')).body.message).toBe(
      'pods "p" is forbidden: violates PodSecurity "restricted:v1.36": allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "app" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "app" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "app" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    )
    expect(lab.send('POST', PODS, pod('hard', {}, container(HARDENED))).status).toBe(201)
    const volumes = [
      { name: 'a', hostPath: { path: '/' } },
      { name: 'b', nfs: { server: 'nfs', path: '/' } },
    ]
    expect(lab.send('POST', PODS, pod('v', {}, { ...container(HARDENED), volumes })).body.message).toContain(
      'restricted volume types (volumes "a", "b" use restricted volume types "hostPath", "nfs")',
    )
    expect(lab.send('POST', PODS, pod('r', {}, container({ ...HARDENED, runAsUser: 0 }))).body.message).toContain(
      'runAsUser=0 (container "app" must not set runAsUser=0)',
    )
  })

  it('warns of a template, and makes it nevertheless', () => {
    const lab = labelled({ enforce: 'baseline', warn: 'restricted' })
    expect(warningsOf(lab, 'POST', DEPLOYMENTS, deployment('web'))).toContain('299 - "would violate PodSecurity \\"restricted:latest\\": allowPrivilegeEscalation') // prettier-ignore
    expect(lab.send('GET', `${DEPLOYMENTS}/web`).status).toBe(200)
    expect(warningsOf(lab, 'POST', PODS, pod('p'))).toContain('would violate PodSecurity')
  })

  it('tells a namespace that becomes stricter of the Pods that it has', () => {
    const lab = labelled({})
    for (const name of ['a', 'b']) lab.send('POST', PODS, pod(name, {}, container({ privileged: true })))
    lab.run(100_000)
    const labels = { 'pod-security.kubernetes.io/enforce': 'baseline' }
    expect(warningsOf(lab, 'PATCH', NAMESPACE, { metadata: { labels } })).toBe(
      '299 - "existing pods in namespace \\"default\\" violate the new PodSecurity enforce level \\"baseline:latest\\"", 299 - "a (and 1 other pod): privileged"',
    )
    const wrong = lab.patch(NAMESPACE, { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'strict' } } })
    expect([wrong.status, wrong.body.message]).toEqual([
      422,
      'Namespace "default" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted',
    ])
    expect(isEqual(lab.send('GET', NAMESPACE).body.metadata.labels['pod-security.kubernetes.io/enforce'], 'baseline')).toBe(true) // prettier-ignore
  })
})
