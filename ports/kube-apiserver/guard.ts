/**
 * Who may knock at all. The port is on the loopback interface, but a page in a browser can reach it: by a name that its
 * owner points at 127.0.0.1, or across origins. So a request must name this very host, and must not come from a page.
 */
import type { IncomingHttpHeaders } from 'node:http'

const HOSTS = ['127.0.0.1', 'localhost', '[::1]']

/** Why the request is refused; undefined where it may pass. */
export function foreign({ host, origin }: IncomingHttpHeaders, port: number): string | undefined {
  // Whatever the port: `kubectl proxy` passes its own on, and a name is what tells a page from this machine.
  if (host === undefined || !HOSTS.includes(host.replace(/:\d+$/, '')))
    return `the host ${JSON.stringify(host ?? '')} is not served here`
  // kubectl and client libraries send none. (`kubectl proxy` filters pages by itself.)
  if (origin !== undefined && !isOwn(origin, port)) return `the origin ${JSON.stringify(origin)} may not ask here`
  return undefined
}

const isOwn = (origin: string, port: number): boolean => HOSTS.some((known) => origin === `https://${known}:${port}`)
