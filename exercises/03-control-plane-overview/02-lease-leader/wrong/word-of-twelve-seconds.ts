// check: its word is less than ten seconds old, whatever failed since
// hint: safe
// Leads for two seconds longer than it may.
// es: Dirige dos segundos más de lo que puede.
import type { Lease } from 'clusterwright/api'
import type { ElectionContext, Elector, LeaseApi } from 'clusterwright/election'

const LEASE_MS = 15_000
const RENEW_DEADLINE_MS = 12_000

export default class implements Elector {
  /** The version of the Lease that was seen last, and when it was seen first, by our own clock. */
  #seen = ''
  #seenAt = 0
  /** When our last renewal that succeeded was sent. */
  #renewedAt = -Infinity

  async tick(api: LeaseApi, ctx: ElectionContext): Promise<'leading' | 'standby'> {
    try {
      await this.#acquireOrRenew(api, ctx)
    } catch {
      // Somebody was faster, or nobody answered: what we know is as old as our last renewal.
    }
    return ctx.now() - this.#renewedAt < RENEW_DEADLINE_MS ? 'leading' : 'standby'
  }

  async release(api: LeaseApi, ctx: ElectionContext): Promise<void> {
    this.#renewedAt = -Infinity
    const lease = await api.get()
    if (lease?.spec.holderIdentity !== ctx.identity) return
    await api.update({ ...lease, spec: { ...lease.spec, holderIdentity: '' } })
  }

  async #acquireOrRenew(api: LeaseApi, ctx: ElectionContext): Promise<void> {
    const lease = await api.get()
    const askedAt = ctx.now()
    if (!lease) {
      await api.create(newLease(ctx))
      this.#renewedAt = askedAt
      return
    }
    if (this.#seen !== lease.metadata.resourceVersion) {
      this.#seen = lease.metadata.resourceVersion!
      this.#seenAt = askedAt
    }
    const { holderIdentity = '', leaseTransitions = 0 } = lease.spec
    const isOurs = holderIdentity === ctx.identity
    // It is somebody's until it has not changed for its whole duration: by our clock, for as long as we have looked.
    if (!isOurs) this.#renewedAt = -Infinity
    if (!isOurs && holderIdentity !== '' && askedAt - this.#seenAt < LEASE_MS) return
    const now = timeOf(askedAt)
    const taken = { holderIdentity: ctx.identity, acquireTime: now, leaseTransitions: leaseTransitions + 1 }
    await api.update({ ...lease, spec: { ...lease.spec, renewTime: now, ...(!isOurs && taken) } })
    this.#renewedAt = askedAt
  }
}

// ── given ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A Lease that is held from now on. */
function newLease({ now, identity }: ElectionContext): Lease {
  const [acquireTime, renewTime] = [timeOf(now()), timeOf(now())]
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'web-controller', namespace: 'kube-system' } as Lease['metadata'],
    spec: { holderIdentity: identity, leaseDurationSeconds: 15, acquireTime, renewTime, leaseTransitions: 0 },
  }
}

/** A time as the API writes it, for people: `2026-01-01T09:00:00.250000Z`. */
function timeOf(ms: number): string {
  const days = Math.floor(ms / 86_400_000)
  let [year, left] = [1970, days]
  const daysIn = (one: number) => (one % 4 === 0 && (one % 100 !== 0 || one % 400 === 0) ? 366 : 365)
  while (left >= daysIn(year)) left -= daysIn(year++)
  const months = [31, daysIn(year) - 337, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  let month = 0
  while (left >= months[month]!) left -= months[month++]!
  const rest = ms - days * 86_400_000
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0')
  const clock = [rest / 3_600_000, (rest / 60_000) % 60, (rest / 1000) % 60].map(two).join(':')
  return `${year}-${two(month + 1)}-${two(left + 1)}T${clock}.${String(Math.floor(rest % 1000)).padStart(3, '0')}000Z`
}
