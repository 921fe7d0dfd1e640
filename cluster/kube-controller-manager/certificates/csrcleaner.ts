/**
 * The csrcleaner controller: requests for certificates go when nobody needs them any more: an hour after they were answered,
 * a day after they were made where nobody answered, and when the certificate has run out.
 *
 * What the real one does: it looks at all of them once an hour; so each may stay up to an hour longer.
 * What we model: each is looked at when its time comes.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/certificates/cleaner/cleaner.go`.
 */
import type { CertificateSigningRequest } from '#cluster/api/certificate-types.ts'
import { parseTime } from '#cluster/api/meta.ts'
import { notAfterOf } from '#cluster/api/x509.ts'
import { deleteRequest } from '#cluster/client/api-client.ts'
import type { Caches, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { Context, Micros } from '#cluster/kernel/component.ts'

const HOUR: Micros = 3_600_000_000
const ANSWERED: Micros = HOUR
const PENDING: Micros = 24 * HOUR

export const csrCleanerController: Controller = {
  name: 'csrcleaner',
  offByDefault: true,
  watches: [
    {
      resource: 'certificatesigningrequests',
      enqueue: ({ object, type }) => (type === 'deleted' ? [] : [object.metadata.name]),
    },
  ],
  memory: () => ({}),
  reconcile,
}

function reconcile(name: string, caches: Caches, _memory: unknown, ctx: Context): Reconciled {
  const asked = caches.get<CertificateSigningRequest>('certificatesigningrequests', name)
  const due = asked && dueAt(asked)
  if (!asked || due === undefined) return {}
  if (due > ctx.now) return { requeueAfterMicros: due - ctx.now }
  return { calls: [{ request: deleteRequest('certificatesigningrequests', asked), accept: ['NotFound'] }] }
}

/** Undefined: it stays. One that is approved and that nobody signs does. */
function dueAt({ metadata, status = {} }: CertificateSigningRequest): Micros | undefined {
  const { conditions = [], certificate } = status
  if (conditions.length === 0) return after(metadata.creationTimestamp, PENDING)
  const times = conditions.flatMap(({ type, lastUpdateTime }) => {
    const isAnswer = type === 'Denied' || (type === 'Approved' && certificate !== undefined)
    return isAnswer ? (after(lastUpdateTime, ANSWERED) ?? []) : []
  })
  const end = certificate === undefined ? undefined : notAfterOf(certificate)
  if (end !== undefined) times.push(end)
  return times.length === 0 ? undefined : Math.min(...times)
}

function after(time: string | undefined, wait: Micros): Micros | undefined {
  const from = parseTime(time)
  return from === undefined ? undefined : from + wait
}
