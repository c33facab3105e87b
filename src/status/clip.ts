/** The text, or as much of its beginning as fits into so many characters, with dots that say so. */
export function clip(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 3)}...`;
}
