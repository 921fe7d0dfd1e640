/**
 * The formats of texts that a schema may ask for. One that is not here holds for every text.
 *
 * What we leave out: the rarer formats (ISBN, colours, credit cards …).
 * Where to read upstream: kube-openapi `pkg/validation/strfmt/{default,date,time,duration}.go`.
 */
import { isIPv6 } from '../../validation/addresses.ts'

const DIGITS = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)'
const IPV4 = new RegExp(`^${DIGITS}(?:\\.${DIGITS}){3}$`)

function isCidr(text: string): boolean {
  const [address = '', length = ''] = text.split('/')
  if (!/^\d{1,3}$/.test(length)) return false
  return IPV4.test(address) ? Number(length) <= 32 : isIPv6(address) && Number(length) <= 128
}

/** No 30th of February. */
function isDay(text: string): boolean {
  const [year, month, day] = text.split('-').map(Number) as [number, number, number]
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= (month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31)
}

const matches = (pattern: RegExp) => (text: string) => pattern.test(text)

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  'date-time': (text) => /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.test(text) && isDay(text.slice(0, 10)), // prettier-ignore
  date: (text) => /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/.test(text) && isDay(text),
  duration: matches(/^[+-]?(?:\d+(?:\.\d*)?\s*(?:ns|us|µs|ms|s|m|h|d|w|seconds?|minutes?|hours?|days?|weeks?)\s*)+$/),
  byte: (text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text),
  uuid: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
  uuid4: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i),
  email: matches(/^[^\s@]+@[^\s@]+$/),
  hostname: matches(/^[a-zA-Z0-9](?:[-a-zA-Z0-9]{0,62})?(?:\.[a-zA-Z0-9](?:[-a-zA-Z0-9]{0,62})?)*$/),
  ipv4: matches(IPV4),
  ipv6: isIPv6,
  cidr: isCidr,
  mac: matches(/^[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5}$/),
  uri: matches(/^[a-zA-Z][-+.a-zA-Z0-9]*:/),
}

export const hasFormat = (format: string, text: string): boolean =>
  !Object.hasOwn(FORMATS, format) || FORMATS[format]!(text)
