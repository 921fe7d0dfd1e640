/** Requests for certificates: who approves them, who signs them, and when they go. */
import { describe, expect, it } from 'vitest'
import { base64 } from '#cluster/api/base64.ts'
import type { CertificateSigningRequest } from '#cluster/api/certificate-types.ts'
import { pathOf } from '#cluster/api/resources.ts'
import { CERTIFICATE, ELLA, NODE_1 } from '#cluster/api/signing-requests.test-data.ts'
import { pemOfField } from '#cluster/api/x509.ts'
import { controllerManager } from '#cluster/client/controller.ts'
import type { Component } from '#cluster/kernel/component.ts'
import { Plane } from '../control-plane.test-world.ts'
import { csrApprovingController } from './csrapproving.ts'
import { csrCleanerController } from './csrcleaner.ts'
import type { WantedCertificate } from './csrsigning.ts'
import { csrSigningController } from './csrsigning.ts'

const HOUR = 3_600
const CLIENT = 'kubernetes.io/kube-apiserver-client'

/** A plane whose manager signs with a pretend key, and writes down what it was asked to sign. */
function newPlane(): { readonly plane: Plane; readonly signed: WantedCertificate[] } {
  const signed: WantedCertificate[] = []
  const certify = (wanted: WantedCertificate) => {
    signed.push(wanted)
    return wanted.request.commonName === 'ella' ? pemOfField(CERTIFICATE)! : { problem: 'the signature does not match' }
  }
  const manager = controllerManager('kube-controller-manager', [csrSigningController(certify), csrApprovingController, csrCleanerController]) // prettier-ignore
  const enabled = ['csrapproving', 'csrcleaner']
  const init = (options: object) => manager.init({ ...options, enabled } as never)
  const components = { 'kube-controller-manager': { ...manager, init } as Component }
  return { plane: new Plane({ components, nodes: 0 }).seconds(3), signed }
}

const asking = (name: string, spec: Partial<CertificateSigningRequest['spec']> = {}) => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name },
  spec: { request: ELLA, signerName: CLIENT, usages: ['client auth'], ...spec },
})

const found = (plane: Plane, name: string) =>
  (plane.cached('certificatesigningrequests') as readonly CertificateSigningRequest[]).find(({ metadata }) => metadata.name === name) // prettier-ignore
const condition = (plane: Plane, name: string, type: string) =>
  found(plane, name)?.status?.conditions?.find((one) => one.type === type)

function answer(plane: Plane, name: string, type: 'Approved' | 'Denied'): void {
  const path = pathOf('certificatesigningrequests', undefined, name, 'approval')
  const headers = { 'content-type': 'application/merge-patch+json' }
  const body = { status: { conditions: [{ type, status: 'True' }] } }
  expect(plane.request({ method: 'PATCH', path, headers, body }).status).toBe(200)
  plane.until(() => condition(plane, name, type) !== undefined)
}

describe('a request for a certificate', () => {
  it('is signed once it is approved, for as long as it may be', () => {
    const { plane, signed } = newPlane()
    plane.create(asking('ella', { expirationSeconds: 86_400 }))
    plane.seconds(5)
    expect(found(plane, 'ella')?.status).toEqual({})
    answer(plane, 'ella', 'Approved')
    plane.until(() => found(plane, 'ella')?.status?.certificate !== undefined)
    expect(found(plane, 'ella')?.status?.certificate).toBe(base64(pemOfField(CERTIFICATE)!))
    expect(condition(plane, 'ella', 'Approved')?.lastTransitionTime).toMatch(/Z$/)
    const { notBefore, notAfter, usages, serial } = signed[0]!
    expect([(notAfter - notBefore) / 1e6, usages, serial > 2n ** 119n, signed.length]).toEqual([86_400, ['client auth'], true, 1]) // prettier-ignore
  })

  it('is told that it has failed, where its signer refuses', () => {
    const { plane } = newPlane()
    plane.create(asking('server', { usages: ['server auth'] }))
    plane.create(asking('node', { request: NODE_1 }))
    answer(plane, 'server', 'Approved')
    answer(plane, 'node', 'Approved')
    plane.until(() => condition(plane, 'server', 'Failed') !== undefined && condition(plane, 'node', 'Failed') !== undefined) // prettier-ignore
    expect(condition(plane, 'server', 'Failed')).toMatchObject({ reason: 'SignerValidationFailure', message: 'invalid usage for client certificate: server auth' }) // prettier-ignore
    expect(condition(plane, 'node', 'Failed')?.message).toBe('the signature does not match')
  })

  it('of a kubelet is approved by itself, of nobody else', () => {
    const { plane } = newPlane()
    const kubelet = { signerName: 'kubernetes.io/kube-apiserver-client-kubelet', usages: ['digital signature', 'client auth'] } // prettier-ignore
    plane.create(asking('node-1', { request: NODE_1, ...kubelet }))
    plane.create(asking('ella', { ...kubelet }))
    plane.create(asking('other', { signerName: 'example.com/signer' }))
    plane.until(() => condition(plane, 'node-1', 'Approved') !== undefined)
    expect(condition(plane, 'node-1', 'Approved')).toMatchObject({
      reason: 'AutoApproved',
      message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
    })
    plane.seconds(5)
    expect([found(plane, 'ella')?.status, found(plane, 'other')?.status]).toEqual([{}, {}])
  })

  it('goes an hour after it was answered, and after a day without an answer', () => {
    const { plane } = newPlane()
    for (const name of ['issued', 'denied', 'pending']) plane.create(asking(name))
    plane.create(asking('unsigned', { signerName: 'example.com/signer' }))
    answer(plane, 'issued', 'Approved')
    answer(plane, 'denied', 'Denied')
    answer(plane, 'unsigned', 'Approved')
    const left = () => ['issued', 'denied', 'pending', 'unsigned'].filter((name) => found(plane, name) !== undefined)
    plane.seconds(HOUR - 60)
    expect(left()).toHaveLength(4)
    plane.seconds(120)
    expect(left()).toEqual(['pending', 'unsigned'])
    plane.seconds(23 * HOUR)
    expect(left()).toEqual(['unsigned'])
  })
})
