import type { Lease } from 'clusterwright/api'
import type { ElectionContext, Elector, LeaseApi } from 'clusterwright/election'

export default class implements Elector {
  async tick(api: LeaseApi, ctx: ElectionContext): Promise<'leading' | 'standby'> {
    const lease = await api.get()
    // TODO: whose is the Lease, and since when has it not changed? When may you take it, and how long does your word hold?
    if (!lease) await api.create(newLease(ctx))
    return 'leading'
  }

  async release(api: LeaseApi, ctx: ElectionContext): Promise<void> {}
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
