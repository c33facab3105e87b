/**
 * Mistakes in regular expressions that Go's library refuses: calico-node would end with an error on every node. Only what
 * is sure is told; the two dialects differ in little else.
 */

/** Why Go does not compile the expression, as a sentence; undefined where nothing is wrong or it cannot be told. */
export function goRegexProblem(pattern: string): string | undefined {
  const unquoted = pattern.replace(/\\Q[^]*?(?:\\E|$)/g, '');
  if (/(?:^|[^\\])\(\?<?[=!]/.test(unquoted)) return 'Calico knows no look-ahead and look-behind';
  if (/(?:^|[^\\])(?:\\\\)*\\[1-9]/.test(unquoted)) return 'Calico knows no references to earlier groups';
  const inOurDialect = unquoted
    .replace(/\(\?[imsU]*-?[imsU]+\)/g, '')
    .replace(/\(\?[imsU]*-?[imsU]+:/g, '(?:')
    .replaceAll('(?P<', '(?<');
  try {
    new RegExp(inOurDialect);
    return undefined;
  } catch (error) {
    return error instanceof SyntaxError ? reasonOf(error) : undefined;
  }
}

/** The engine's words without the expression, which the refusal shows itself. */
function reasonOf({ message }: SyntaxError): string {
  const words = message.split(': ').at(-1) ?? '';
  return words === '' ? 'it cannot be compiled' : words.charAt(0).toLowerCase() + words.slice(1);
}
