/** Sets a field of content. A plain assignment to `__proto__` would change the object's prototype instead. */
export function define(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') record[key] = value
  else Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true })
}
