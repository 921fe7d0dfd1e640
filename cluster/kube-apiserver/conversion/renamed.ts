/** A copy whose fields bear other names. @param names old name → new name; a field that is not in it keeps its own */
export function renamed(object: object, names: Readonly<Record<string, string>>): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(object)) result[names[key] ?? key] = value
  return result
}
