/** Requests for certificates: what may be asked for, and what nobody takes back. */
import { describe, expect, it } from 'vitest'
import { CERTIFICATE, ELLA } from '#cluster/api/signing-requests.test-data.ts'
import { Lab } from '../lab.ts'

const REQUESTS = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
const asking = (more: object = {}) => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name: 'ella' },
  spec: { request: ELLA, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'], ...more },
})

describe('a request for a certificate', () => {
  it.each<[string, object, string]>([
    ['bytes that are none', { request: 'aGVsbG8=' }, 'spec.request: Invalid value: "aGVsbG8=": PEM block type must be CERTIFICATE REQUEST'],
    ['no usage', { usages: [] }, 'spec.usages: Required value'],
    ['an unknown usage', { usages: ['client'] }, 'spec.usages[0]: Unsupported value: "client": supported values: "any", "cert sign", '],
    ['the same usage twice', { usages: ['any', 'any'] }, 'spec.usages[1]: Duplicate value: "any"'],
    ['a signer without a domain', { signerName: 'me' }, "spec.signerName: Invalid value: \"me\": must be a fully qualified domain and path of the form 'example.com/signer-name'"],
    ['a signer of a short domain', { signerName: 'a/b' }, 'spec.signerName: Invalid value: "a": should be a domain with at least two segments separated by dots'],
    ['the signer of old times', { signerName: 'kubernetes.io/legacy-unknown' }, 'spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version'],
    ['a signer of too long a name', { signerName: `a.io/${'a'.repeat(600)}` }, 'spec.signerName: Too long: may not be more than 571 bytes'],
    ['too short a life', { expirationSeconds: 599 }, 'spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)'],
  ])('is refused for %s', (_, more, message) => {
    const { status, body } = new Lab(1).send('POST', REQUESTS, asking(more))
    expect([status, body.message]).toEqual([422, expect.stringContaining(message)])
  }) // prettier-ignore

  it('is approved or denied by its own path, once, and for good', () => {
    const lab = new Lab(1)
    expect(lab.send('POST', REQUESTS, asking()).status).toBe(201)
    const set = (subresource: string, status: object) => lab.patch(`${REQUESTS}/ella/${subresource}`, { status })
    const [approved, denied] = ['Approved', 'Denied'].map((type) => ({ type, status: 'True' }))
    expect(set('status', { conditions: [approved] }).body.message).toContain('status.conditions: Forbidden: updates may not add a condition of type "Approved"') // prettier-ignore
    const { status } = set('approval', { conditions: [approved] }).body
    expect(status.conditions[0]).toMatchObject({ type: 'Approved', lastUpdateTime: expect.any(String), lastTransitionTime: expect.any(String) }) // prettier-ignore
    expect(set('approval', { conditions: [...status.conditions, denied] }).body.message).toContain('status.conditions[1].type: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive') // prettier-ignore
    expect(set('approval', { conditions: [] }).body.message).toContain('status.conditions: Forbidden: updates may not remove a condition of type "Approved"') // prettier-ignore
    expect(set('status', { certificate: ELLA }).body.message).toContain('status.certificate: Invalid value: "<certificate data>": only CERTIFICATE PEM blocks are allowed, found "CERTIFICATE REQUEST"') // prettier-ignore
    expect(set('status', { certificate: CERTIFICATE }).status).toBe(200)
    expect(set('status', { certificate: null }).body.message).toContain('status.certificate: Forbidden: updates may not modify existing certificate content') // prettier-ignore
  })

  it('may be called what one likes', () => {
    expect(new Lab(1).send('POST', REQUESTS, { ...asking(), metadata: { name: 'Node_csr' } }).status).toBe(201)
  })

  it('keeps its verdict, whatever the words and times that a status sends with it', () => {
    const lab = new Lab(1)
    lab.send('POST', REQUESTS, asking())
    const approved = { type: 'Approved', status: 'True', message: 'fine' }
    const { status } = lab.patch(`${REQUESTS}/ella/approval`, { status: { conditions: [approved] } }).body
    const conditions = [
      { type: 'Approved', status: 'False' },
      { type: 'Failed', status: 'True' },
    ]
    const said = lab.patch(`${REQUESTS}/ella/status`, { status: { conditions } })
    expect(said.body.status.conditions[0]).toEqual(status.conditions[0])
    expect(said.body.status.conditions[1]).toMatchObject({ type: 'Failed', lastUpdateTime: expect.any(String), lastTransitionTime: expect.any(String) }) // prettier-ignore
  })
})
