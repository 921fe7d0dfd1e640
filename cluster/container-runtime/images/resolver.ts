/** A stub resolver as a pure step: which name to ask for next, and what an answer means. */
import type { DnsAnswer, DnsQuery } from '#cluster/linux/dns.ts'
import { candidateNames, DNS_ATTEMPTS, DNS_PORT, DNS_TIMEOUT_MICROS } from '#cluster/linux/dns.ts'
import { tryParseIp } from '#cluster/linux/ip.ts'
import type { ResolvConf } from '#cluster/linux/program.ts'
import type { Syscall } from '#cluster/linux/syscall.ts'
import { isFailure } from '#cluster/linux/syscall.ts'

/** A name on its way to an address. Plain data, replaced at every turn. */
export interface Resolution {
  readonly names: readonly string[]
  readonly next: number
  readonly attempt: number
  readonly server: number
}

export type Progress =
  | { readonly address: string }
  | { readonly error: string }
  | { readonly resolution: Resolution; readonly call: Syscall }

/** `id` tells answers apart. */
export function startResolution(name: string, conf: ResolvConf, id: number): Progress {
  if (tryParseIp(name) !== undefined) return { address: name }
  if (conf.nameservers.length === 0) return { error: `no nameserver in resolv.conf to ask for ${name}` }
  return ask({ names: candidateNames(name, conf), next: 0, attempt: 0, server: 0 }, conf, id)
}

function ask(resolution: Resolution, conf: ResolvConf, id: number): Progress {
  const query: DnsQuery = { id, name: resolution.names[resolution.next]!, type: 'A' }
  const address = conf.nameservers[resolution.server]!
  const call: Syscall = {
    call: 'exchange',
    protocol: 'udp',
    address,
    port: DNS_PORT,
    data: query,
    timeoutMicros: DNS_TIMEOUT_MICROS,
  }
  return { resolution, call }
}

/** What the answer (or the failure) to a question means. `pick` chooses among several addresses. */
export function continueResolution(
  resolution: Resolution,
  conf: ResolvConf,
  result: any,
  id: number,
  pick: (count: number) => number,
): Progress {
  if (isFailure(result)) return askAgain(resolution, conf, id)
  const { code, answers } = result.data as DnsAnswer
  if (code === 'NOERROR' && answers.length > 0) return { address: answers[pick(answers.length)]!.address }
  if (code === 'SERVFAIL' || code === 'REFUSED') return askAgain(resolution, conf, id)
  const next = resolution.next + 1
  if (next < resolution.names.length) return ask({ ...resolution, next, attempt: 0, server: 0 }, conf, id)
  return { error: `could not resolve host: ${resolution.names[resolution.names.length - 1]}` }
}

/** The next server; after the last, the first once more, until the attempts are used up. */
function askAgain(resolution: Resolution, conf: ResolvConf, id: number): Progress {
  const server = (resolution.server + 1) % conf.nameservers.length
  const attempt = server === 0 ? resolution.attempt + 1 : resolution.attempt
  if (attempt < DNS_ATTEMPTS) return ask({ ...resolution, server, attempt }, conf, id)
  return {
    error: `could not resolve host: ${resolution.names[resolution.next]} (no answer from ${conf.nameservers.join(', ')})`,
  }
}
